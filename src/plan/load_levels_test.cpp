#include "plan/load_levels.h"

#include <gtest/gtest.h>

#include "trace/generate.h"

namespace paragon::plan {
namespace {

using namespace std::chrono_literals;

TEST(LoadShape, KeepsTheMeanAndThePeak) {
  // 90 s at 10 a second and 10 s at 100.
  Crowd crowd{.at = at(90s), .rise = 0s, .hold = 10s, .fall = 0s, .peak = per_second(100)};
  const ArrivalsPtr both =
      merge(constant(per_second(10), 90s, Spacing::even, 1), paragon::crowd(crowd, 1));
  const LoadShape shape = shape_of(*both, 100s, 10s, 8);
  ASSERT_EQ(shape.levels.size(), 2U);
  EXPECT_DOUBLE_EQ(shape.levels[0].rate.value, 10);
  EXPECT_DOUBLE_EQ(shape.levels[0].share, 0.9);
  EXPECT_NEAR(shape.levels[1].rate.value, 100, 10);
  EXPECT_EQ(shape.peak, shape.levels[1].rate);
  EXPECT_NEAR(shape.mean.value, static_cast<double>(shape.requests) / 100, 1e-9);
}

TEST(LoadShape, HasNoMoreLevelsThanAskedForAndLosesNothing) {
  const ArrivalsPtr arrivals = constant(per_second(50), 1000s, Spacing::poisson, 3);
  const LoadShape shape = shape_of(*arrivals, 1000s, 1s, 16);
  EXPECT_LE(shape.levels.size(), 16U);
  EXPECT_GE(shape.levels.size(), 8U);
  double share = 0;
  double mean = 0;
  for (const LoadLevel& level : shape.levels) {
    share += level.share;
    mean += level.share * level.rate.value;
  }
  EXPECT_NEAR(share, 1, 1e-12);
  EXPECT_NEAR(mean, shape.mean.value, 1e-9);
}

TEST(LoadShape, OfNobodyIsEmpty) {
  EXPECT_TRUE(shape_of(*constant(per_second(0), 10s, Spacing::even, 1), 10s, 1s, 4).levels.empty());
}

}  // namespace
}  // namespace paragon::plan
