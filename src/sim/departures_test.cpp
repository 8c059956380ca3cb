// The event list against an ordered set.
#include "sim/departures.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <set>
#include <tuple>

#include "base/random.h"

namespace paragon::sim {
namespace {

using namespace std::chrono_literals;

// About `size` attempts in flight; each takes about `service`, one in fifty much longer.
void expect_agreement(std::size_t size, Duration service, int departures) {
  Random random(5);
  Departures list;
  std::set<std::tuple<Time, std::uint32_t, std::uint32_t>> truth;
  Time now{};
  std::uint32_t decision = 0;
  const auto push = [&] {
    const double factor = random.chance(0.02) ? 300 : 0.5 + random.uniform();
    Duration takes(static_cast<std::int64_t>(static_cast<double>(service.count()) * factor));
    if (random.chance(0.1)) takes = service;  // so that some end at the same moment
    const Departure d{now + takes, ++decision, static_cast<std::uint32_t>(random.below(1000))};
    list.push(d);
    truth.insert({d.when, d.decision, d.row});
  };
  for (int i = 0; i < departures; ++i) {
    while (truth.size() < size || random.chance(0.3)) push();
    while (truth.size() > size || (!truth.empty() && random.chance(0.3))) {
      ASSERT_EQ(list.size(), truth.size());
      const Departure d = list.top();
      ASSERT_EQ(std::tuple(d.when, d.decision, d.row), *truth.begin());
      ASSERT_EQ(list.next(), d.when);
      now = d.when;
      list.pop();
      truth.erase(truth.begin());
    }
    ASSERT_EQ(list.empty(), truth.empty());
  }
}

TEST(DeparturesTest, ComeInOrderHoweverManyAndHoweverFarApart) {
  expect_agreement(0, 1ms, 2'000);
  expect_agreement(3, 1h, 2'000);
  expect_agreement(200, 70ms, 20'000);
  expect_agreement(5'000, 1us, 20'000);
  expect_agreement(5'000, 5s, 20'000);
}

TEST(DeparturesTest, FollowALoadThatGrowsAndSubsides) {
  Random random(6);
  Departures list;
  std::multiset<Time> truth;
  Time now{};
  for (const Duration gap : std::initializer_list<Duration>{1s, 1us, 1ms, 10s, 1ns}) {
    for (int i = 0; i < 5'000; ++i) {
      const Time end = now + Duration(static_cast<std::int64_t>(static_cast<double>(gap.count()) *
                                                                400 * random.uniform()));
      list.push({end, static_cast<std::uint32_t>(i), 0});
      truth.insert(end);
      if (truth.size() < 200) continue;
      ASSERT_EQ(list.next(), *truth.begin());
      now = list.next();
      list.pop();
      truth.erase(truth.begin());
    }
  }
  for (; !truth.empty(); truth.erase(truth.begin())) {
    ASSERT_EQ(list.next(), *truth.begin());
    list.pop();
  }
  EXPECT_TRUE(list.empty());
}

}  // namespace
}  // namespace paragon::sim
