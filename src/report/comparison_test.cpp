#include "report/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "report/table.h"

namespace paragon {
namespace {

using testing::DoubleNear;
using testing::HasSubstr;

SimulatedRun run_of(const std::string& scheme, const std::string& trace, double usd,
                    std::uint64_t missed) {
  SimulatedRun run;
  run.trace = trace;
  run.result.scheme = scheme;
  run.result.cost.machines = dollars(usd);
  run.result.all = {.requests = 1000, .on_time = 1000 - missed, .late = missed};
  return run;
}

// Values and interval of a textbook's example: 5 numbers, t(4) = 2.776.
TEST(Mean, HasStudentsInterval) {
  const std::vector<double> values = {10, 12, 9, 11, 13};
  const Mean mean = mean_of(values);
  EXPECT_DOUBLE_EQ(mean.value, 11);
  EXPECT_THAT(mean.half, DoubleNear(2.776 * 1.58113883 / 2.2360679775, 1e-6));
  EXPECT_EQ(mean_of(std::vector<double>{7}).half, 0);
  EXPECT_EQ(mean_of({}).count, 0);
  // Beyond the table: t(40) = 2.0211, t(1000) = 1.9623.
  std::vector<double> many;
  for (int i = 0; i < 41; ++i) many.push_back(i % 2);
  const double deviation = std::sqrt((20 * 21 / 41.0) / 40);
  EXPECT_THAT(mean_of(many).half, DoubleNear(2.0211 * deviation / std::sqrt(41.0), 1e-4));
}

TEST(Compare, GroupsByTraceAndSchemeAndMarksPareto) {
  const std::vector<SimulatedRun> runs = {
      run_of("cheap", "a", 1, 100), run_of("good", "a", 3, 0),  run_of("beaten", "a", 3, 5),
      run_of("cheap", "b", 2, 10),  run_of("good", "b", 1, 10), run_of("cheap", "a", 2, 100),
  };
  const std::vector<Compared> compared = compare(runs);
  ASSERT_EQ(compared.size(), 5U);
  EXPECT_EQ(compared[0].scheme, "cheap");
  EXPECT_EQ(compared[0].cost.count, 2);
  EXPECT_DOUBLE_EQ(compared[0].cost.value, 1.5);
  EXPECT_TRUE(compared[0].pareto);   // the cheapest
  EXPECT_TRUE(compared[1].pareto);   // misses nothing
  EXPECT_FALSE(compared[2].pareto);  // as dear as good, and misses more
  EXPECT_FALSE(compared[3].pareto);  // on b: dearer, as many misses
  EXPECT_TRUE(compared[4].pareto);
  EXPECT_EQ(compared[3].trace, "b");
}

TEST(Compare, WhatIsTooWideIsInPartsThatNameTheSchemes) {
  const std::vector<SimulatedRun> runs = {run_of("dear", "t", 3, 0), run_of("cheap", "t", 1, 1)};
  const std::string wide = comparison_text(runs);
  std::string narrow = comparison_text(runs, 60);
  narrow.resize(narrow.find("\n* Pareto"));
  std::istringstream lines(narrow);
  int parts = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(display_width(line), 60U) << line;
    if (line.starts_with("  cheap ")) ++parts;
  }
  EXPECT_GE(parts, 2);
  for (const char* head : {"missed", "p50", "p99.9", "over-prov."}) {
    EXPECT_THAT(wide, HasSubstr(head));
    EXPECT_THAT(narrow, HasSubstr(head));
  }
}

TEST(Compare, TellsTheBoundInDollars) {
  std::vector<SimulatedRun> runs = {run_of("a", "t", 3, 0), run_of("b", "t", 1, 1)};
  EXPECT_EQ(comparison_text(runs).find("least possible"), std::string::npos);
  for (SimulatedRun& run : runs) {
    run.bound.emplace().least = dollars(0.5);
    run.clairvoyant = Clairvoyant{dollars(0.75), 0.01};
  }
  EXPECT_THAT(comparison_text(runs),
              HasSubstr("  least possible $0.500, clairvoyant $0.750 (misses 1.00 %)\n"));
}

TEST(Compare, TablesAreCheapestFirst) {
  const std::vector<SimulatedRun> runs = {run_of("dear", "t", 3, 0), run_of("cheap", "t", 1, 1)};
  const std::string text = comparison_text(runs);
  EXPECT_LT(text.find("cheap"), text.find("dear"));
  EXPECT_THAT(text, HasSubstr("0.10 %"));
  EXPECT_THAT(html(comparison_page(runs, "paragon compare")), HasSubstr("paragon compare"));
}

}  // namespace
}  // namespace paragon
