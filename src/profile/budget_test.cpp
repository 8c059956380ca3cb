#include "profile/budget.h"

#include <gtest/gtest.h>

namespace paragon::profile {
namespace {

using namespace std::chrono_literals;

TEST(Budget, ThePartsLeaveRoomForColdStartsAndEnsembles) {
  const Budget budget = budget_of(10min);
  EXPECT_EQ(budget.times, 240s);
  EXPECT_EQ(budget.answers, 150s);
  EXPECT_LT(budget.times + budget.answers + budget.sizes + budget.checks, 10min);
}

TEST(Budget, NothingIsWithoutLimit) {
  const Budget budget = budget_of(0s);
  for (const Duration part : {budget.times, budget.answers, budget.sizes, budget.checks}) {
    EXPECT_EQ(part, Duration::max());
  }
  EXPECT_EQ(items_within(budget.answers, 1h, 1, 10'000), 10'000u);
  EXPECT_EQ(repeats_within(budget.checks, 1h, 3), 3);
}

TEST(Budget, LongRunsAreFewer) {
  const VisitSettings wanted{.at_least = 40ms, .runs_min = 4};
  EXPECT_EQ(shortened(wanted, 10us, 150ms).runs_min, 4u);
  EXPECT_EQ(shortened(wanted, 50ms, 150ms).runs_min, 3u);
  EXPECT_EQ(shortened(wanted, 240ms, 150ms).runs_min, 2u);  // never fewer
  EXPECT_EQ(shortened(wanted, 240ms, 150ms).at_least, 40ms);
  EXPECT_EQ(shortened({.at_least = 0s, .runs_min = 1}, 240ms, 150ms).runs_min, 1u);
}

TEST(Budget, AsManyItemsAsAllNetworksAnswerInTime) {
  // 150 s on 2 cores at 67 ms an item: 4477.6
  EXPECT_EQ(items_within(150s, 67ms, 2, 10'000), 4400u);
  EXPECT_EQ(items_within(150s, 67ms, 2, 4400), 4400u);
  EXPECT_EQ(items_within(150s, 67ms, 2, 500), 500u);
  EXPECT_EQ(items_within(150s, 67ms, 8, 10'000), 10'000u);
  EXPECT_EQ(items_within(150s, 10s, 2, 10'000), 100u);  // an accuracy of fewer says nothing
  EXPECT_EQ(items_within(150s, 10s, 2, 40), 40u);
  EXPECT_EQ(items_within(150s, 0s, 2, 10'000), 10'000u);
}

TEST(Budget, RepeatedAtLeastOnce) {
  EXPECT_EQ(repeats_within(90s, 20s, 3), 3);
  EXPECT_EQ(repeats_within(90s, 40s, 3), 2);
  EXPECT_EQ(repeats_within(90s, 400s, 3), 1);
}

}  // namespace
}  // namespace paragon::profile
