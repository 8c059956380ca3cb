#include "plan/erlang.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <queue>

#include "base/random.h"

namespace paragon::plan {
namespace {

using namespace std::chrono_literals;

TEST(Erlang, BIsWhatTheTablesSay) {
  EXPECT_DOUBLE_EQ(erlang_b(0, 3), 1);
  EXPECT_DOUBLE_EQ(erlang_b(1, 1), 0.5);
  EXPECT_DOUBLE_EQ(erlang_b(2, 1), 0.2);         // (1/2) / (1 + 1 + 1/2)
  EXPECT_NEAR(erlang_b(10, 4.461), 0.01, 1e-5);  // the usual table: 4.46 erlangs at 1 %
  EXPECT_DOUBLE_EQ(erlang_b(5, 0), 0);
}

TEST(OfferedWait, WithoutPatienceIsErlangsB) {
  for (const int slots : {1, 4, 30}) {
    for (const double load : {0.5, 3.0, 40.0}) {
      const OfferedWait wait(per_second(load / 0.1), 100ms, slots, std::array{Patience{0s, 1}});
      EXPECT_NEAR(wait.longer_than(0s), erlang_b(slots, load), 1e-12) << slots << " " << load;
    }
  }
}

TEST(OfferedWait, WithEndlessPatienceIsErlangsC) {
  // One slot, half busy: half wait, and of those e^-(mu - lambda) t wait longer than t.
  const std::array for_ever{Patience{Duration::max(), 1}};
  const OfferedWait one(per_second(5), 100ms, 1, for_ever);
  EXPECT_NEAR(one.longer_than(0s), 0.5, 1e-12);
  EXPECT_NEAR(one.longer_than(200ms), 0.5 * std::exp(-5 * 0.2), 1e-12);
  // Erlang's C of 3 slots at 2 erlangs is 4/9.
  EXPECT_NEAR(OfferedWait(per_second(20), 100ms, 3, for_ever).longer_than(0s), 4.0 / 9, 1e-12);
  EXPECT_TRUE(OfferedWait(per_second(30), 100ms, 3, for_ever).endless());
  EXPECT_EQ(OfferedWait(per_second(30), 100ms, 3, for_ever).longer_than(1s), 1);
}

TEST(OfferedWait, NobodyComesOrNobodyServes) {
  const std::array some{Patience{1s, 1}};
  EXPECT_EQ(OfferedWait(per_second(0), 100ms, 3, some).longer_than(0s), 0);
  EXPECT_EQ(OfferedWait(per_second(1), 100ms, 0, some).longer_than(0s), 1);
  // Far too much load for exp() of the exponent: all that can be served is.
  const OfferedWait flood(per_second(20'000), 100ms, 100, std::array{Patience{100s, 1}});
  EXPECT_NEAR(flood.longer_than(100s), 1 - 1000.0 / 20'000, 1e-9);
}

// An exponential queue by brute force: first come, first served; whoever would wait too long goes.
double leave_by_simulation(double rate, double service, int slots, double patience, double every,
                           int queries) {
  Random random(7);
  std::priority_queue<double, std::vector<double>, std::greater<>> free_at;
  for (int i = 0; i < slots; ++i) free_at.push(0);
  double now = 0;
  int left = 0;
  for (int i = 0; i < queries; ++i) {
    now += random.exponential(1 / rate);
    const double waits = std::max(0.0, free_at.top() - now);
    if (waits > (random.chance(every) ? patience : 0)) {
      ++left;
      continue;
    }
    free_at.pop();
    free_at.push(now + waits + random.exponential(service));
  }
  return static_cast<double>(left) / queries;
}

TEST(OfferedWait, IsWhatASimulatedQueueDoes) {
  // Three queries in ten would wait half a second, the others not at all; the load is over 1.
  const std::array patience{Patience{0s, 0.7}, Patience{500ms, 0.3}};
  const OfferedWait wait(per_second(55), 100ms, 5, patience);
  const double left = 0.7 * wait.longer_than(0s) + 0.3 * wait.longer_than(500ms);
  EXPECT_NEAR(left, leave_by_simulation(55, 0.1, 5, 0.5, 0.3, 400'000), 0.005);
}

TEST(OfferedWait, LessVariableServiceShortensWaits) {
  const std::array patience{Patience{1s, 1}};
  const double exponential = OfferedWait(per_second(9), 100ms, 1, patience).longer_than(300ms);
  const double constant = OfferedWait(per_second(9), 100ms, 1, patience, 0.5).longer_than(300ms);
  EXPECT_LT(constant, 0.85 * exponential);
}

}  // namespace
}  // namespace paragon::plan
