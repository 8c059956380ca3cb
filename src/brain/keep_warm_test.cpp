// Environments kept warm, several targets and shares of the load: what a scheme may want beyond a
// number of machines.
#include "brain/testing.h"

namespace paragon {
namespace {

using namespace testing;

constexpr FunctionOfferId kFunction{0};
constexpr VariantId kMedium{1};

// Wants what the test says.
struct Wish {
  std::vector<Target> machines;
  std::vector<WarmTarget> warm;
  bool machine_first = true;
};
class Wishing final : public Scheme {
 public:
  explicit Wishing(const Wish& wish) : wish_(&wish) {}
  Wanted decide(const View&) override { return {wish_->machines, wish_->warm}; }
  Overflow overflow(const Overflowing&, const View&) const override {
    return Overflow::function_now;
  }
  bool machine_first(Time) override { return wish_->machine_first; }

 private:
  const Wish* wish_;
};

class Wishes : public ::testing::Test {
 protected:
  void begin(BrainSettings s = settings()) {
    s.machines_min = 0;
    brain = std::make_unique<Brain>(
        catalog, s, [this](const BrainSettings&) { return std::make_unique<Wishing>(wish); });
  }
  // The warm-up calls of a tick.
  std::vector<Warm> calls(Time now) {
    std::vector<Warm> list;
    for (const Order& order : brain->tick(now)) {
      if (const Warm* warm = std::get_if<Warm>(&order)) list.push_back(*warm);
    }
    return list;
  }
  void end(const Warm& call, Time now, bool cold, Ending ending = Ending::answered) {
    Outcome outcome;
    outcome.decision = call.decision;
    outcome.ending = ending;
    outcome.cold = cold;
    outcome.billed = 1ms;
    EXPECT_TRUE(brain->finish(call.call, outcome, now).empty());
  }
  Route urgent(Time now) { return brain->arrive(strict(100ms), now); }

  World world{.machine_offers = 3};
  Catalog catalog = make_catalog(world);
  Wish wish;
  std::unique_ptr<Brain> brain;
};

TEST_F(Wishes, MissingEnvironmentsAreStartedOnceAndAnswerWarm) {
  wish.warm = {{kFunction, kMedium, 2}};
  begin();
  const auto started = calls(t(0s));
  ASSERT_EQ(started.size(), 2U);
  EXPECT_EQ(started[0].variant, kMedium);
  EXPECT_TRUE(calls(t(1s)).empty()) << "they are on their way";
  EXPECT_EQ(brain->status(t(1s)).warm_ups_running, 2);
  for (const Warm& call : started) end(call, t(1500ms), true);
  EXPECT_TRUE(calls(t(2s)).empty());
  const Route route = urgent(t(3s));
  ASSERT_TRUE(as<OnFunction>(route)) << "in 100 ms there is no time for a cold start";
  EXPECT_FALSE(as<OnFunction>(route)->cold);
  const BrainStatus status = brain->status(t(3s));
  EXPECT_EQ(status.arrived, 1U);
  EXPECT_EQ(status.running, 1);
  EXPECT_EQ(status.functions_running, 1);
  EXPECT_EQ(status.warm_ups_running, 0);
  const FunctionUsage usage = brain->meter().functions(t(3s))[0];
  EXPECT_EQ(usage.calls, 2U);
  EXPECT_EQ(usage.warm_ups, 2U);
  EXPECT_EQ(usage.cold, 0U);
}

TEST_F(Wishes, EnvironmentsAreRenewedBeforeTheyExpireAndNotEarlier) {
  wish.warm = {{kFunction, kMedium, 2}};
  begin();
  for (const Warm& call : calls(t(0s))) end(call, t(1s), true);
  // Kept for five minutes; renewed a tenth of that before.
  EXPECT_TRUE(calls(t(270s)).empty());
  const auto renewals = calls(t(272s));
  ASSERT_EQ(renewals.size(), 2U) << "both at once: one after the other would meet the same one";
  for (const Warm& call : renewals) end(call, t(272s) + 5ms, false);
  EXPECT_TRUE(calls(t(301s)).empty());
  EXPECT_FALSE(as<OnFunction>(urgent(t(320s)))->cold);
}

TEST_F(Wishes, BusyEnvironmentsCount) {
  wish.warm = {{kFunction, kMedium, 2}};
  begin();
  for (const Warm& call : calls(t(0s))) end(call, t(1s), true);
  ASSERT_TRUE(as<OnFunction>(urgent(t(2s))));
  EXPECT_TRUE(calls(t(3s)).empty());
  wish.warm = {{kFunction, kMedium, 4}};
  EXPECT_EQ(calls(t(4s)).size(), 3U) << "one is busy; the idle one must be, to reach new ones";
}

TEST_F(Wishes, AWarmUpThatFailsIsTriedAgainAndLeavesNothing) {
  wish.warm = {{kFunction, kMedium, 1}};
  begin();
  const auto first = calls(t(0s));
  ASSERT_EQ(first.size(), 1U);
  end(first[0], t(500ms), false, Ending::throttled);
  const auto second = calls(t(1s));
  ASSERT_EQ(second.size(), 1U);
  end(first[0], t(1100ms), true);  // outdated: the second is still on its way
  EXPECT_TRUE(calls(t(2s)).empty());
  end(second[0], t(2100ms), true);
  EXPECT_TRUE(calls(t(3s)).empty());
  EXPECT_FALSE(as<OnFunction>(urgent(t(3s)))->cold);
}

TEST_F(Wishes, WarmUpsRespectTheConcurrencyLimitAndTheBudget) {
  world.concurrency_limit = 3;
  catalog = make_catalog(world);
  wish.warm = {{kFunction, kMedium, 10}};
  begin();
  EXPECT_EQ(calls(t(0s)).size(), 3U);
  EXPECT_TRUE(calls(t(1s)).empty());

  BrainSettings poor = settings();
  // A call reserves what it costs until its timeout of a second: 1 GB s at $0.0000166667.
  poor.budget_per_hour = dollars(2.5 * 0.0000170);
  begin(poor);
  const auto paid = calls(t(0s));
  ASSERT_EQ(paid.size(), 2U);
  for (const Warm& call : paid) end(call, t(1s), true);
  EXPECT_EQ(calls(t(2s)).size(), 2U) << "what was reserved and not used came back";
}

TEST_F(Wishes, AColdStartThatAWarmUpMetIsLearned) {
  wish.warm = {{kFunction, kMedium, 1}};
  begin();
  // Nominal: 240 ms. They turn out to take 3 s.
  Time now = t(1s);
  for (int i = 0; i < 60; ++i) {
    now += 400s;
    for (const Warm& call : calls(now)) end(call, now + 3s, true);
  }
  now += 400s;  // all have expired
  const Route route = brain->arrive(strict(1s), now);
  ASSERT_TRUE(as<OnFunction>(route));
  EXPECT_TRUE(as<OnFunction>(route)->cold);
  EXPECT_GT(route.predicted_latency, 2s);
}

TEST_F(Wishes, SeveralTargetsBringEachOfferToItsNumber) {
  wish.machines = {{MachineOfferId{0}, 2}, {MachineOfferId{2}, 1}};
  begin();
  std::map<std::uint32_t, int> have;
  std::map<MachineId, MachineOfferId> of;
  const auto obey = [&](Time now) {
    for (const Order& order : brain->tick(now)) {
      if (const Buy* buy = std::get_if<Buy>(&order)) {
        ++have[buy->offer.value];
        of[buy->machine] = buy->offer;
      } else {
        --have[of.at(std::get<Release>(order).machine).value];
      }
    }
  };
  obey(t(0s));
  EXPECT_EQ(have, (std::map<std::uint32_t, int>{{0, 2}, {2, 1}}));
  wish.machines = {{MachineOfferId{1}, 1}, {MachineOfferId{2}, 2}};
  obey(t(1s));
  EXPECT_EQ(have[0], 0) << "not named: given back";
  EXPECT_EQ(have[1], 1);
  EXPECT_EQ(have[2], 2);
}

TEST_F(Wishes, WhatIsPaidForIsKept) {
  world.minimum_billed = 60s;
  catalog = make_catalog(world);
  for (const std::size_t targets : {1, 2}) {
    wish.machines = {{MachineOfferId{0}, 2}, {MachineOfferId{2}, 0}};
    wish.machines.resize(targets);
    begin();
    EXPECT_EQ(brain->tick(t(0s)).size(), 2U);
    wish.machines[0].machines = 0;
    EXPECT_TRUE(brain->tick(t(1s)).empty());
    wish.machines[0].machines = 2;
    EXPECT_TRUE(brain->tick(t(2s)).empty()) << "they are still there";
    wish.machines[0].machines = 1;
    EXPECT_TRUE(brain->tick(t(59s)).empty());
    EXPECT_EQ(brain->tick(t(60s)).size(), 1U);
  }
}

TEST_F(Wishes, SeveralTargetsKeepToTheFloorAndTheCeiling) {
  wish.machines = {{MachineOfferId{0}, 5}, {MachineOfferId{1}, 5}};
  BrainSettings s = settings();
  s.machines_max = 7;
  begin(s);
  EXPECT_EQ(brain->tick(t(0s)).size(), 7U);
  int second = 0;
  for (const MachineStatus& m : brain->machines()) second += m.offer == MachineOfferId{1} ? 1 : 0;
  EXPECT_EQ(second, 2) << "the last one named is cut";

  BrainSettings floor = settings();
  floor.machines_min = 3;
  brain = std::make_unique<Brain>(
      catalog, floor, [this](const BrainSettings&) { return std::make_unique<Wishing>(wish); });
  wish.machines = {{MachineOfferId{0}, 1}, {MachineOfferId{1}, 0}};
  const Orders orders = brain->tick(t(0s));
  ASSERT_EQ(orders.size(), 3U);
  EXPECT_EQ(std::get<Buy>(orders[2]).why, OrderReason::floor);
}

TEST_F(Wishes, AShareOfTheLoadGoesToFunctionsAlthoughASlotIsFree) {
  wish.machines = {{MachineOfferId{0}, 1}};
  begin();
  const MachineId machine = std::get<Buy>(brain->tick(t(0s))[0]).machine;
  brain->observe({machine, MachineEventKind::ready, {}}, t(1s));
  EXPECT_TRUE(as<OnMachine>(brain->arrive(strict(1s), t(2s))));
  wish.machine_first = false;
  const Route shared = brain->arrive(strict(1s), t(2s));
  EXPECT_TRUE(as<OnFunction>(shared));
  EXPECT_EQ(shared.why, Reason::function_share);
  EXPECT_TRUE(as<OnMachine>(brain->arrive(strict(100ms), t(2s)))) << "too late on a cold function";
}

TEST(NaiveSelection, TakesTheMostAccurateWhateverTheBounds) {
  const Catalog catalog = make_catalog();
  BrainSettings s = settings();
  s.selection = Selection::naive;
  Scene scene(catalog, s);
  Query modest = query(20ms, 0.8, QueryClass::strict);
  modest.constraints.max_cost = dollars(1e-9);
  const Route route = scene->arrive(modest, t(1s));
  ASSERT_TRUE(as<OnMachine>(route)) << "nothing is infeasible to it";
  EXPECT_EQ(as<OnMachine>(route)->variant, VariantId{2});
  scene.answer(route, 50ms, t(1050ms));
  EXPECT_EQ(scene->status(t(2s)).missed, 1U) << "the deadline is measured all the same";
}

TEST(Tuning, IsCheckedAgainstTheKnobsOfTheScheme) {
  const Catalog catalog = make_catalog();
  BrainSettings s = settings("reactive");
  EXPECT_TRUE(check(s, catalog));
  s.tuning = {{"window_s", 30}};
  EXPECT_TRUE(check(s, catalog));
  s.tuning = {{"window_s", 1e9}};
  EXPECT_NE(check(s, catalog).error().message.find("expected 1 to 600"), std::string::npos);
  s.tuning = {{"windows", 30}};
  EXPECT_NE(check(s, catalog).error().message.find("window_s (1 to 600)"), std::string::npos);
  s = settings("reactive");
  s.plan = {{t(0s), MachineOfferId{0}, 1}};
  EXPECT_FALSE(check(s, catalog)) << "only `planned` takes a plan";
}

}  // namespace
}  // namespace paragon
