#include "brain/demand.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.h"

namespace paragon {
namespace {

int worth(Demand& demand, double ratio, std::size_t window) {
  int machines = 0;
  demand.worth_having(ratio, ratio, &window, 1, &machines);
  return machines;
}

TEST(Demand, SteadyWorkIsWorthAsManyMachinesAsItFills) {
  Demand demand;
  for (int i = 0; i < 100; ++i) demand.observe(3.5, 1);
  EXPECT_EQ(worth(demand, 0.4, 100), 4);  // the fourth is half busy
  EXPECT_EQ(worth(demand, 0.6, 100), 3);
}

TEST(Demand, TooLittleWorkIsWorthNoMachineAtAll) {
  Demand demand;
  for (int i = 0; i < 100; ++i) demand.observe(0.2, 1);
  EXPECT_EQ(worth(demand, 0.3, 100), 0);
  EXPECT_EQ(worth(demand, 0.2 - 1e-9, 100), 1);
}

TEST(Demand, TheFirstMachineMayBeWorthItForLess) {
  Demand demand;
  for (int i = 0; i < 100; ++i) demand.observe(i % 10 < 3 ? 2 : 0, 1);
  const std::size_t window = 100;
  int machines = -1;
  demand.worth_having(0.4, 0.2, &window, 1, &machines);
  EXPECT_EQ(machines, 1);
  EXPECT_NEAR(demand.busy(1), 0.3, 1e-9);
  EXPECT_NEAR(demand.busy(2), 0.3, 1e-9);
  EXPECT_EQ(demand.busy(3), 0);
}

TEST(Demand, APeakIsWorthMachinesOnlyIfItLastsLongEnough) {
  Demand demand;
  for (int i = 0; i < 100; ++i) demand.observe(i % 10 < 4 ? 8 : 2, 1);
  EXPECT_EQ(worth(demand, 0.39, 100), 8);
  EXPECT_EQ(worth(demand, 0.41, 100), 2);
}

TEST(Demand, ShortWindowsForgetWhatLongOnesRemember) {
  Demand demand;
  for (int i = 0; i < 90; ++i) demand.observe(2, 1);
  for (int i = 0; i < 10; ++i) demand.observe(6, 1);
  const std::size_t windows[] = {10, 100};
  int machines[2];
  demand.worth_having(0.5, 0.5, windows, 2, machines);
  EXPECT_EQ(machines[0], 6);
  EXPECT_EQ(machines[1], 2);
}

TEST(Demand, WorkThatCanWaitFlattensPeaks) {
  Demand demand;
  for (int i = 0; i < 100; ++i) demand.observe(i % 4 == 0 ? 8 : 0, 4);
  EXPECT_DOUBLE_EQ(demand.latest(), 2);
  EXPECT_EQ(worth(demand, 0.5, 90), 2);
}

// Against the definition: sort, and add up what each machine would have done.
TEST(Demand, AgreesWithTheDefinition) {
  Random random(7);
  for (int round = 0; round < 50; ++round) {
    Demand demand;
    std::vector<double> d;
    const int n = 1 + static_cast<int>(random.below(300));
    for (int i = 0; i < n; ++i) {
      d.push_back(random.lognormal(3, 0.8));
      demand.observe(d.back(), 1);
    }
    const double ratio = 0.05 + 0.9 * random.uniform();
    int expected = 0;
    for (;; ++expected) {
      double taken = 0;
      for (const double x : d) taken += std::clamp(x - expected, 0.0, 1.0);
      if (taken < ratio * n) break;
    }
    EXPECT_EQ(worth(demand, ratio, 600), expected);
  }
}

}  // namespace
}  // namespace paragon
