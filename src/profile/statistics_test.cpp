#include "profile/statistics.h"

#include <gtest/gtest.h>

#include "profile/cells.h"
#include "profile/host_load.h"
#include "profile/visit.h"

namespace paragon::profile {
namespace {

using namespace std::chrono_literals;

TEST(Statistics, AQuantileLiesBetweenItsNeighbours) {
  const std::vector<Duration> sorted = {10ns, 20ns, 30ns, 50ns};
  EXPECT_EQ(quantile(sorted, 0), 10ns);
  EXPECT_EQ(quantile(sorted, 0.5), 25ns);
  EXPECT_EQ(quantile(sorted, 0.9), 44ns);  // place 2.7
  EXPECT_EQ(quantile(sorted, 1), 50ns);
  EXPECT_EQ(median({50ns, 10ns, 30ns}), 30ns);
}

TEST(Statistics, PointsStandForEqualParts) {
  std::vector<Duration> sorted;
  for (int i = 0; i < 1000; ++i) sorted.emplace_back(i);
  const auto points = thinned(sorted, 100);
  ASSERT_EQ(points.size(), 100u);
  EXPECT_EQ(points.front(), 5ns);
  EXPECT_EQ(points.back(), 995ns);
  EXPECT_EQ(thinned(sorted, 1000), sorted);
}

TEST(Statistics, WeightsCount) {
  const std::vector<Weighted> values = {{30ns, 1}, {10ns, 97}, {20ns, 2}};
  EXPECT_EQ(quantile(values, 0.5), 10ns);
  EXPECT_EQ(quantile(values, 0.98), 20ns);
  EXPECT_EQ(quantile(values, 1), 30ns);
}

TEST(Statistics, TwoRunsDifferByTheErrorsOfTheirMedians) {
  // s = 2, median 100, n = 3: 1.96 x 1.4142 x 1.2533 x 2 / 1.7321 / 100.
  const std::vector<Duration> rounds = {98ns, 100ns, 102ns};
  EXPECT_NEAR(expected_difference(rounds), 0.0401, 0.0001);
  EXPECT_EQ(expected_difference(std::vector<Duration>{5ns, 5ns, 5ns}), 0);
  EXPECT_EQ(expected_difference(std::vector<Duration>{5ns}), 1);
}

TEST(Statistics, WilsonsIntervalIsTheTextbooks) {
  // 80.40 % of 10,000, as models/garment/models.csv states it.
  const Interval many = wilson95(8040, 10'000);
  EXPECT_NEAR(many.low.value, 0.7961, 0.0001);
  EXPECT_NEAR(many.high.value, 0.8117, 0.0001);
  EXPECT_NEAR(wilson95(10, 10).low.value, 0.7225, 0.0001);
  EXPECT_EQ(wilson95(10, 10).high.value, 1);
  EXPECT_EQ(wilson95(0, 0).low.value, 0);
  EXPECT_EQ(wilson95(0, 0).high.value, 1);
}

TEST(Cells, CoverTheAxesInPowersOfTwoAndTheLast) {
  EXPECT_EQ(steps(1), (std::vector<int>{1}));
  EXPECT_EQ(steps(6), (std::vector<int>{1, 2, 4, 6}));
  const auto cells = cells_of(3, {.threads_max = 2, .concurrency_max = 2, .batch_max = 4}, true);
  EXPECT_EQ(cells.size(), 12u);
  EXPECT_TRUE(cells.front().alone());
  EXPECT_EQ(cells_of(3, {.threads_max = 2, .concurrency_max = 2, .batch_max = 4}, false).size(),
            4u);
}

TEST(Cells, AFullMachineIsServedInTurn) {
  const auto cells = turn_cells(3, 2);
  std::vector<int> callers;
  for (const Cell& cell : cells) callers.push_back(cell.concurrency);
  EXPECT_EQ(callers, (std::vector<int>{2, 4, 6, 8}));
  EXPECT_FALSE(turn_cells(3, 1)[0].alone());
  EXPECT_NE(cells[0], (Cell{3, 1, 2, 1}));
}

Visit visit(std::vector<Duration> points, double others) {
  Visit v;
  v.runs = points.size();
  v.mean = points[0];
  v.rate = per_second(1 / seconds(points[0]));
  v.points = std::move(points);
  v.others = others;
  return v;
}

TEST(Visits, TheQuieterHalfCounts) {
  const std::vector<Visit> visits = {
      visit({100us, 100us, 102us}, 0.0), visit({500us, 500us, 500us}, 0.6),
      visit({102us, 102us, 104us}, 0.1), visit({400us, 400us, 400us}, 0.5),
      visit({104us, 104us, 900us}, 0.2), visit({300us, 300us, 300us}, 0.4)};
  const CellTimes times = sum_up(visits);
  EXPECT_EQ(times.visits, 6u);
  EXPECT_EQ(times.counted, 3u);
  EXPECT_EQ(times.runs, 9u);
  EXPECT_EQ(times.p50, 102us);
  EXPECT_EQ(times.p99, 900us);
  EXPECT_EQ(times.others, 0.1);
  EXPECT_NEAR(times.outliers, 1.0 / 9, 1e-9);
}

TEST(Visits, AllCountThatAreAsQuiet) {
  const std::vector<Visit> visits = {visit({1us}, 0.0),   visit({2us}, 0.3), visit({3us}, 0.004),
                                     visit({4us}, 0.001), visit({5us}, 0.0), visit({6us}, 0.012)};
  const CellTimes times = sum_up(visits);
  EXPECT_EQ(times.counted, 4u);  // all but 0.3 and 0.012: those are busier by what can be counted
  EXPECT_EQ(times.runs, 4u);
}

TEST(Visits, AFewCountAsFewAsTheyAre) {
  const CellTimes times = sum_up(std::vector<Visit>{visit({7us}, 0.9)});
  EXPECT_EQ(times.p50, 7us);
  EXPECT_EQ(times.p99, 7us);
  EXPECT_EQ(times.difference, 1);
}

TEST(HostLoad, ReadsTheKernelsFirstLine) {
  const auto times = processor_times("cpu  10 0 5 80 3 0 1 1 0 0");
  EXPECT_EQ(times.all, times.busy + processor_times("cpu  0 0 0 83 0 0 0 0").all);
  EXPECT_GT(times.busy, 0ns);
  EXPECT_EQ(processor_times("cpu  1 2").all, 0ns);
  EXPECT_EQ(processor_times("intr 1 2 3 4 5 6 7 8").all, 0ns);
}

}  // namespace
}  // namespace paragon::profile
