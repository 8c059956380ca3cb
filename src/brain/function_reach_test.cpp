// What functions can answer with, on a catalog whose prices can be worked out by hand.
//
// One size, a quarter of a core as fast: "small" (80 %) takes 8 ms, "medium" (90 %) 40 ms, "large"
// (95 %) 200 ms, each at most a tenth longer at the 99th percentile. A call of medium costs about
// $0.9e-6, one of large $3.5e-6.
#include "brain/function_reach.h"

#include "brain/estimates.h"
#include "brain/testing.h"

namespace paragon {
namespace {

using namespace testing;

constexpr TaskId kTask{0};
constexpr VariantId kSmall{0};
constexpr VariantId kMedium{1};
constexpr VariantId kLarge{2};

class Reach : public ::testing::Test {
 protected:
  Constraints within(std::optional<double> usd, std::optional<Duration> latency,
                     Objective objective = kMostAccurate) {
    Constraints c;
    if (usd) c.max_cost = dollars(*usd);
    c.max_latency = latency;
    c.objective = objective;
    return c;
  }
  Catalog catalog = make_catalog({.function_speed = 0.25});
  Estimates estimates{catalog};
  FunctionTerms terms{catalog, estimates};
  FunctionReach reach{catalog, terms, 2ms};
};

TEST_F(Reach, KeepsEachBoundForASlowAnswer) {
  EXPECT_TRUE(reach.meets(kLarge, within(4.5e-6, 1s)));
  EXPECT_FALSE(reach.meets(kLarge, within(3.5e-6, 1s))) << "a slow one costs more";
  EXPECT_FALSE(reach.meets(kLarge, within(4.5e-6, 205ms))) << "a slow one takes longer";
  EXPECT_TRUE(reach.meets(kLarge, within({}, {})));
}

TEST_F(Reach, TakesTheBestThatFits) {
  EXPECT_EQ(reach.best(kTask, within({}, {})), kLarge);
  EXPECT_EQ(reach.best(kTask, within(2.5e-6, {})), kMedium);
  EXPECT_EQ(reach.best(kTask, within({}, 20ms)), kSmall);
  EXPECT_EQ(reach.best(kTask, within({}, {}, kCheapest)), kSmall);
  EXPECT_EQ(reach.best(kTask, within({}, {}, {1, 0, 1e-5})), kMedium)
      << "ten more percent are worth a millionth of a dollar, five more are not";
  Constraints accurate = within(2.5e-6, {});
  accurate.min_accuracy = accuracy(0.95);
  EXPECT_FALSE(reach.best(kTask, accurate));
}

TEST_F(Reach, FollowsWhatIsLearnedOfAccuracy) {
  reach.set_accuracy(kSmall, accuracy(0.97));
  EXPECT_EQ(reach.best(kTask, within({}, {})), kSmall);
  reach.set_accuracy(kSmall, accuracy(0.5));
  EXPECT_EQ(reach.best(kTask, within({}, {})), kLarge);
}

}  // namespace
}  // namespace paragon
