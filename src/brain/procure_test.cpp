// What is bought and released, on days that can be added up by hand.
#include <deque>

#include "brain/testing.h"

namespace paragon {
namespace {

using namespace testing;

// Feeds a steady arrival rate of quick queries and one tick a second; collects the orders.
class Day {
 public:
  Day(const Catalog& catalog, BrainSettings s) : brain_(catalog, std::move(s)) {}

  void run(int seconds_long, int per_second_arrivals, Duration service) {
    for (int s = 0; s < seconds_long; ++s) {
      for (int i = 0; i < per_second_arrivals; ++i) {
        const Time now = now_ + i * 1s / per_second_arrivals;
        answer_until(now, service);
        const Route route = brain_.arrive(query(10s, 0.9), now);
        note(route, now + service);
      }
      now_ += 1s;
      answer_until(now_, service);
      for (const Order& order : brain_.tick(now_)) {
        if (const Buy* buy = std::get_if<Buy>(&order)) {
          bought_.push_back(*buy);
          for (const Route& next :
               brain_.observe({buy->machine, MachineEventKind::ready, {}}, now_)) {
            note(next, now_ + service);
          }
        } else {
          const Release& release = std::get<Release>(order);
          released_.push_back(release);
          for (const Route& next :
               brain_.observe({release.machine, MachineEventKind::gone, {}}, now_)) {
            note(next, now_ + service);
          }
        }
      }
    }
  }
  Brain& brain() { return brain_; }
  Time now() const { return now_; }
  int machines() const { return static_cast<int>(bought_.size() - released_.size()); }
  const std::vector<Buy>& bought() const { return bought_; }
  const std::vector<Release>& released() const { return released_; }

 private:
  void note(const Route& route, Time ends) {
    if (as<OnMachine>(route) || as<OnFunction>(route)) running_.push_back({ends, route});
  }
  // All take equally long, so who began first ends first.
  void answer_until(Time now, Duration service) {
    while (!running_.empty() && running_.front().first <= now) {
      const auto [ends, route] = running_.front();
      running_.pop_front();
      Outcome outcome;
      outcome.decision = route.decision;
      outcome.service = service;
      outcome.billed = service;
      for (const Route& next : brain_.finish(route.query, outcome, ends)) {
        note(next, ends + service);
      }
    }
  }

  Brain brain_;
  Time now_{};
  std::deque<std::pair<Time, Route>> running_;
  std::vector<Buy> bought_;
  std::vector<Release> released_;
};

class Procure : public ::testing::Test {
 protected:
  Catalog catalog = make_catalog();
};

TEST_F(Procure, ReactiveBuysWhatTheLastMinuteNeeds) {
  Day day(catalog, settings("reactive"));
  // 400 queries/s x 10 ms / 2 slots = 2 machines' worth; planned to be 70 % full: 3 machines.
  day.run(90, 400, 10ms);
  EXPECT_EQ(day.machines(), 3);
  day.run(90, 4, 10ms);
  EXPECT_EQ(day.machines(), 1) << "the floor";
}

TEST_F(Procure, AnOfferNeverTriedDoesNotLookBetterThanWhatWasLearned) {
  World world;
  world.machine_offers = 3;
  world.growth = 2;
  const Catalog sizes = make_catalog(world);
  Day day(sizes, settings("reactive"));
  // Each query takes half as long again as the profile says: a tenth of the smallest machine.
  day.run(300, 13, 15ms);
  ASSERT_EQ(day.bought().size(), 1U) << "one is enough";
  EXPECT_EQ(day.bought()[0].offer, MachineOfferId{0});
}

TEST_F(Procure, ASmallLoadIsNotGivenALargeMachineForBeingALittleCheaper) {
  World world;
  world.machine_offers = 2;
  world.growth = 2;
  world.discount = 0.1;
  const Catalog sizes = make_catalog(world);
  Day day(sizes, settings("reactive"));
  day.run(120, 13, 10ms);
  ASSERT_EQ(day.bought().size(), 1U);
  EXPECT_EQ(day.bought()[0].offer, MachineOfferId{0});
  day.run(240, 800, 10ms);
  EXPECT_EQ(day.bought().back().offer, MachineOfferId{1}) << "of many, the large ones are cheaper";
}

TEST_F(Procure, WithoutLoadTheFloorIsBoughtOfAnOfferThatCouldServe) {
  World world;
  world.machine_offers = 2;
  world.growth = 2;
  world.first_memory_mb = 50;  // the cheaper one holds no variant
  const Catalog sizes = make_catalog(world);
  BrainSettings s = settings("reactive");
  s.machines_min = 1;
  Day day(sizes, s);
  day.run(1, 0, 10ms);
  ASSERT_EQ(day.bought().size(), 1U);
  EXPECT_EQ(day.bought()[0].offer, MachineOfferId{1});
}

TEST_F(Procure, ParagonHoldsMachinesForAsLongAsTheyAreBilled) {
  catalog = make_catalog({.minimum_billed = 60s});
  Day day(catalog, settings("paragon"));
  day.run(60, 400, 10ms);
  const int before = day.machines();
  EXPECT_GE(before, 2);
  day.run(55, 4, 10ms);
  EXPECT_EQ(day.machines(), before) << "60 s are paid for anyway";
  day.run(120, 4, 10ms);
  EXPECT_EQ(day.machines(), 1);
}

TEST_F(Procure, ParagonBuysAheadOfARisingLoad) {
  World world;
  world.provisioning = 60s;
  const Catalog slow = make_catalog(world);
  // Both plan machines full, so that only looking ahead tells them apart.
  const auto full = [](const char* scheme) {
    BrainSettings s = settings(scheme);
    s.target_busy = 1;
    return s;
  };
  Day ahead(slow, full("paragon"));
  Day behind(slow, full("reactive"));
  for (int step = 0; step < 60; ++step) {
    ahead.run(1, 100 + 10 * step, 10ms);
    behind.run(1, 100 + 10 * step, 10ms);
  }
  EXPECT_GT(ahead.machines(), behind.machines());
}

TEST_F(Procure, AMachineThatSomeoneWaitsForIsNotGivenBack) {
  BrainSettings s = settings("paragon");
  s.machines_min = 0;
  s.tick = 100ms;
  Brain brain(catalog, s);
  ASSERT_TRUE(as<Wait>(brain.arrive(query(), t(50ms))));
  EXPECT_EQ(brain.tick(t(100ms)).size(), 1U);
  for (int i = 2; i < 50; ++i) EXPECT_TRUE(brain.tick(t(i * 100ms)).empty()) << i;
}

// Wants no machine, and lets queries wait for their last moment.
class Thrifty final : public Scheme {
 public:
  Wanted decide(const View&) override { return {}; }
  Overflow overflow(const Overflowing&, const View&) const override {
    return Overflow::wait_for_deadline;
  }
};

TEST_F(Procure, WhoCanLeaveForAFunctionNeedsNoMachine) {
  BrainSettings s = settings();
  s.machines_min = 0;
  Brain brain(catalog, s, [](const BrainSettings&) { return std::make_unique<Thrifty>(); });
  const Route waits = brain.arrive(relaxed(5s), t(500ms));
  ASSERT_NE(as<Wait>(waits), nullptr);
  ASSERT_NE(as<Wait>(waits)->until, kNever);
  EXPECT_TRUE(brain.tick(t(1s)).empty());
  // One without a deadline would wait for ever.
  ASSERT_TRUE(as<Wait>(brain.arrive(query(), t(1500ms))));
  EXPECT_EQ(brain.tick(t(2s)).size(), 1U);
}

TEST_F(Procure, TheFloorIsBoughtAtOnceAndTheCeilingHolds) {
  BrainSettings s = settings("reactive");
  s.machines_min = 2;
  s.machines_max = 3;
  Day day(catalog, s);
  day.run(1, 1, 10ms);
  EXPECT_EQ(day.machines(), 2);
  EXPECT_EQ(day.bought()[0].why, OrderReason::floor);
  day.run(90, 1000, 10ms);
  EXPECT_EQ(day.machines(), 3);
}

TEST_F(Procure, ALostMachineIsReplaced) {
  BrainSettings s = settings("paragon");
  s.machines_min = 2;
  Scene scene(catalog, s, 2);
  scene->observe({scene.machine(0), MachineEventKind::failed, {}}, t(5s));
  const Orders orders = scene->tick(t(6s));
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Buy>(orders[0]));
}

TEST_F(Procure, WhatNeverRanIsNotBilledAndNotOrderedAgainAtOnce) {
  BrainSettings s = settings("paragon");
  Brain brain(catalog, s);
  const Orders orders = brain.tick(t(0s));
  ASSERT_EQ(orders.size(), 1U);
  MachineEvent none{std::get<Buy>(orders[0]).machine, MachineEventKind::failed, {}, true};
  brain.observe(none, t(1s));
  EXPECT_TRUE(brain.tick(t(2s)).empty());
  EXPECT_EQ(brain.meter().bill(t(2s)).total(), dollars(0));
  EXPECT_EQ(brain.tick(t(12s)).size(), 1U);
}

TEST_F(Procure, ALostMachineIsReplacedAtOnceAndBilledUntilItIsGone) {
  catalog = make_catalog({.minimum_billed = 60s});
  BrainSettings s = settings("paragon");
  s.machines_min = 1;
  s.budget_per_hour = dollars(10);
  Scene scene(catalog, s, 1);
  const Route route = scene->arrive(strict(1s), t(1s));
  const Routes routes = scene->observe({scene.machine(0), MachineEventKind::lost, {}}, t(100s));
  ASSERT_EQ(routes.size(), 1U) << "its query goes elsewhere";
  EXPECT_NE(routes[0].decision, route.decision);
  EXPECT_EQ(scene->tick(t(101s)).size(), 1U);
  EXPECT_EQ(scene->meter().machines(t(200s))[0].running, 200s + 99s);
  // The cloud counts its time from when it ran.
  scene->observe({scene.machine(0), MachineEventKind::gone, {}, false, 70500ms}, t(300s));
  EXPECT_EQ(scene->meter().machines(t(300s))[0].billed, 71s);
  EXPECT_NEAR(scene->status(t(300s)).spent_this_hour.value, 0.36 / 3600 * (71 + 199), 1e-9);
  scene->observe({scene.machine(0), MachineEventKind::gone, {}, false, 70500ms}, t(301s));
  EXPECT_EQ(scene->meter().machines(t(301s))[0].billed, 71s) << "told twice";
}

TEST_F(Procure, WhatEndedBeforeItRanIsNotBilled) {
  Brain brain(catalog, settings("paragon"));
  const Orders orders = brain.tick(t(0s));
  ASSERT_EQ(orders.size(), 1U);
  const MachineId machine = std::get<Buy>(orders[0]).machine;
  brain.observe({machine, MachineEventKind::gone, {}, false, Duration{}}, t(5s));
  EXPECT_EQ(brain.meter().bill(t(5s)).total(), dollars(0));
  EXPECT_EQ(brain.meter().machines(t(5s))[0].bought, 0);
}

// Two controllers, one after the other, have the machine on their meters: together it is billed
// once, and its minimum too.
TEST_F(Procure, ATakenUpMachineIsBilledFromThenOn) {
  catalog = make_catalog({.minimum_billed = 60s});
  for (const Duration before : {10s, 100s}) {
    Brain first(catalog, settings("paragon"));
    const MachineId machine = std::get<Buy>(first.tick(t(0s))[0]).machine;
    const Dollars counted = first.meter().bill(Time{} + before).total();
    Brain second(catalog, settings("paragon"));
    second.adopt(machine, MachineOfferId{0}, true, t(0s), before);
    EXPECT_EQ(second.meter().bill(t(0s)).total(), dollars(0));
    second.observe({machine, MachineEventKind::gone, {}, false, before + 30s}, t(31s));
    const Duration billed = std::max<Duration>(60s, before + 30s);
    EXPECT_NEAR((counted + second.meter().bill(t(31s)).total()).value,
                0.36 / 3600 * seconds(billed), 1e-9);
  }
}

TEST_F(Procure, ACallWithoutAnAnswerIsBilled) {
  BrainSettings s = settings("paragon");
  s.budget_per_hour = dollars(10);
  Brain brain(catalog, s);
  brain.call_billed(FunctionOfferId{0}, 2s, t(1s));
  const Dollars price = call_price(catalog.offer(FunctionOfferId{0}), 2s);
  EXPECT_EQ(brain.meter().functions(t(1s))[0].calls, 1U);
  EXPECT_NEAR(brain.meter().bill(t(1s)).functions.value, price.value, 1e-15);
  EXPECT_NEAR(brain.status(t(1s)).spent_this_hour.value, price.value, 1e-15);
}

TEST_F(Procure, NoSchemeExceedsTheBudget) {
  for (const auto name : scheme_names()) {
    BrainSettings s = settings(std::string(name).c_str());
    s.budget_per_hour = dollars(0.80);  // two machines at $0.36, a little for functions
    Day day(catalog, s);
    day.run(120, 2000, 10ms);
    EXPECT_LE(day.machines(), 2) << name;
    EXPECT_LE(day.brain().meter().bill(t(1h)).total(), dollars(0.80)) << name;
  }
}

// A three-machine hour: $0.36 an hour each, billed by the second and at least for a minute.
TEST_F(Procure, ABillThatAddsUpByHand) {
  catalog = make_catalog({.minimum_billed = 60s});
  Meter meter(catalog);
  const MachineOfferId machine{0};
  const FunctionOfferId function{0};
  meter.machine_bought(machine, t(0s));
  meter.machine_bought(machine, t(10s));
  meter.machine_bought(machine, t(20s));
  meter.machine_ended(machine, t(10s), {}, 30s);      // billed 60
  meter.machine_ended(machine, t(20s), {}, 99500ms);  // billed 100
  meter.machine_served(machine, VariantId{1}, 5ms);
  meter.function_served(function, VariantId{1}, {10ms, true});
  meter.function_served(function, VariantId{1}, {11ms, false});

  const Bill bill = meter.bill(t(1000s));  // the first still runs: 1000 s
  EXPECT_NEAR(bill.machines.value, 0.36 / 3600 * (60 + 100 + 1000), 1e-12);
  EXPECT_NEAR(bill.functions.value, 0.0000166667 * 0.021 + 2 * 0.0000002, 1e-15);
  EXPECT_NEAR(bill.wasted.value, 0.36 / 3600 * (1160 - 0.005), 1e-12);
  EXPECT_EQ(meter.functions(t(1000s))[0].held, MbMillis{{1024 * 21}});
  EXPECT_EQ(meter.functions(t(1000s))[0].cold, 1U);
}

TEST(MonitorTest, RatesPeaksAndMedians) {
  Monitor monitor(1);
  for (int s = 0; s < 120; ++s) {
    const int n = s == 60 ? 100 : 10;
    for (int i = 0; i < n; ++i) monitor.record(VariantId{0}, VariantId{0}, t(s * 1s + i * 1ms));
  }
  monitor.advance(t(120s));
  EXPECT_EQ(monitor.arrivals(), 119U * 10 + 100);
  EXPECT_DOUBLE_EQ(monitor.rate(10s).value, 10);
  EXPECT_DOUBLE_EQ(monitor.rate(120s).value, 10.75);
  EXPECT_DOUBLE_EQ(monitor.peak_to_median(1s), 10);
  EXPECT_DOUBLE_EQ(monitor.peak_to_median(10s), 1.9) << "the same load, another window";
  EXPECT_DOUBLE_EQ(monitor.mix()[0], 1);
}

TEST(MonitorTest, ALongSilenceIsQuickAndCountsAsNothing) {
  Monitor monitor(1);
  monitor.record(VariantId{0}, VariantId{0}, t(1ms));
  monitor.advance(t(10000h));
  EXPECT_EQ(monitor.closed(), 36'000'000U);
  EXPECT_EQ(monitor.rate(60s).value, 0);
}

TEST(ForecastTest, FollowsARampAndNeverGoesBelowZero) {
  Forecast up;
  Forecast down;
  for (int s = 0; s < 300; ++s) {
    up.observe(per_second(100 + s));
    down.observe(per_second(300 - s));
  }
  EXPECT_GT(up.expect(20s), up.expect(0s));
  EXPECT_NEAR(up.expect(0s).value, 400, 25);
  EXPECT_GE(down.expect(1h).value, 0);
  EXPECT_GE(up.at_most(20s, 0.95), up.expect(20s));
}

}  // namespace
}  // namespace paragon
