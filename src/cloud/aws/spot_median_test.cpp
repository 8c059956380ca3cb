#include "cloud/aws/spot_median.h"

#include <gtest/gtest.h>

namespace paragon::aws {
namespace {

using std::chrono::hours;

const Instant kFrom = std::chrono::sys_days(std::chrono::year(2026) / 2 / 1);
const Instant kUntil = kFrom + hours(24);

ec2::SpotPrice change(const char* zone, int hour, double usd, const char* product = kSpotProduct) {
  return {"c5.large", zone, product, per_hour(usd), kFrom + hours(hour)};
}
std::optional<double> median(const std::vector<ec2::SpotPrice>& history) {
  const auto found = spot_median(history, kFrom, kUntil);
  return found ? std::optional(found->price.value) : std::nullopt;
}

TEST(SpotMedian, APriceCountsForAsLongAsItWasInForce) {
  // Five changes within an hour, then one price for most of the day.
  EXPECT_EQ(median({change("a", 0, 0.05), change("a", 1, 0.06), change("a", 2, 0.07),
                    change("a", 3, 0.08), change("a", 4, 0.03)}),
            0.03);
}

TEST(SpotMedian, WhatWasInForceAtTheStartCountsFromThere) {
  EXPECT_EQ(median({change("a", -200, 0.09), change("a", 11, 0.02)}), 0.02);
  EXPECT_EQ(median({change("a", -200, 0.09), change("a", 13, 0.02)}), 0.09);
}

TEST(SpotMedian, AllZonesTogether) {
  const auto found = spot_median({change("a", 0, 0.03), change("b", 0, 0.05), change("c", 0, 0.04)},
                                 kFrom, kUntil);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->price, per_hour(0.04));
  EXPECT_EQ(found->zones, 3);
}

TEST(SpotMedian, TheOrderOfTheHistoryIsNoMatter) {
  EXPECT_EQ(median({change("a", 13, 0.02), change("b", 2, 0.04), change("a", -1, 0.09),
                    change("b", -5, 0.01)}),
            median({change("b", -5, 0.01), change("a", -1, 0.09), change("b", 2, 0.04),
                    change("a", 13, 0.02)}));
}

TEST(SpotMedian, WhatIsLaterOrOfAnotherProductOrFreeDoesNotCount) {
  EXPECT_EQ(median({change("a", 24, 0.02)}), std::nullopt);
  EXPECT_EQ(median({change("a", 0, 0.2, "Windows")}), std::nullopt);
  EXPECT_EQ(median({change("a", 0, 0)}), std::nullopt);
  EXPECT_EQ(median({}), std::nullopt);
  const auto found = spot_median({change("a", 0, 0.02), change("b", 30, 0.03)}, kFrom, kUntil);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->zones, 1);
}

}  // namespace
}  // namespace paragon::aws
