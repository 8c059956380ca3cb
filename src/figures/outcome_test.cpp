#include "figures/outcome.h"

#include <gtest/gtest.h>

#include "figures/scheme_runs.h"
#include "figures/write.h"

namespace paragon::figures {
namespace {

Statement stated(std::optional<double> from, std::optional<double> to, std::optional<double> ours) {
  return {.figure = "1",
          .prices = {},
          .claim = "c",
          .paper_from = from,
          .paper_to = to,
          .ours = ours,
          .measured = "m"};
}

TEST(Statement, DifferenceIsToTheNearerEndOfTheBand) {
  EXPECT_EQ(stated(20, 30, 25).difference(), 0);
  EXPECT_EQ(stated(20, 30, 12).difference(), -8);
  EXPECT_EQ(stated(20, 30, 33).difference(), 3);
  EXPECT_EQ(stated(10, {}, 24).difference(), 14);
  EXPECT_EQ(stated({}, {}, 24).difference(), std::nullopt);
  EXPECT_EQ(stated(10, {}, {}).difference(), std::nullopt);
}

TEST(Statement, VerdictsTellSizeFromDirection) {
  EXPECT_EQ(at_least(12, 10), Verdict::reached);
  EXPECT_EQ(at_least(3, 10), Verdict::direction);
  EXPECT_EQ(at_least(-3, 10), Verdict::opposite);
  EXPECT_EQ(within(25, 20, 30), Verdict::reached);
  EXPECT_EQ(within(5, 20, 30), Verdict::direction);
  EXPECT_EQ(within(-5, 20, 30), Verdict::opposite);
}

TEST(Statement, PercentLessTakesNothingFromNothing) {
  EXPECT_DOUBLE_EQ(percent_less(90, 100), 10);
  EXPECT_DOUBLE_EQ(percent_less(110, 100), -10);
  EXPECT_EQ(percent_less(0, 0), 0);
  EXPECT_EQ(percent_less(1, 0), -100);
}

TEST(Write, TheTextHasEachStatementWithWhatWasMeasuredBelow) {
  Outcome outcome{.figure = 6, .title = "t"};
  outcome.statements = {stated(10, {}, 12.34), stated({}, {}, {})};
  outcome.statements[0].measured = "first";
  outcome.statements[1].measured = "second";
  const std::string text = text_of_statements({outcome});
  const auto first = text.find("first");
  EXPECT_LT(text.find("12.3 %"), first);
  EXPECT_LT(first, text.find("second"));
  EXPECT_NE(text.find("+2.3"), std::string::npos);
}

}  // namespace
}  // namespace paragon::figures
