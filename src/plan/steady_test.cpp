#include "plan/steady.h"

#include <gtest/gtest.h>

#include "plan/erlang.h"
#include "plan/testing.h"

namespace paragon::plan {
namespace {

using namespace testing;

constexpr double kCall = 0.010 * 0.00002 + 0.0000002;  // of "medium"

TEST(Needs, AreWhatTheBrainSelects) {
  World world;
  world.add_class("quick", 20ms, QueryClass::strict).weight = 3;
  world.add_class("never", 20ms).weight = 0;
  world.add_class("best", 10s, QueryClass::relaxed).constraints.min_accuracy = accuracy(0.94);
  const Catalog catalog = world.catalog();
  const std::vector<Need> needs = world.needs(catalog);
  ASSERT_EQ(needs.size(), 2U);
  EXPECT_EQ(needs[0].variant, VariantId{1});
  EXPECT_DOUBLE_EQ(needs[0].share, 0.75);
  EXPECT_EQ(needs[0].deadline, Duration(20ms));
  EXPECT_EQ(needs[1].variant, VariantId{2});
  EXPECT_EQ(needs[1].query_class, QueryClass::relaxed);

  world.add_class("impossible", 5ms);
  const auto none = needs_of(catalog, world.settings, world.mix());
  ASSERT_FALSE(none.ok());
  EXPECT_NE(none.error().message.find("impossible"), std::string::npos) << none.error().message;
}

TEST(SteadyModel, FunctionsAloneCostTheirCalls) {
  World world;
  world.add_class("strict", 20ms, QueryClass::strict);
  const Catalog catalog = world.catalog();
  const Expected e = world.model(catalog).expect({}, per_second(50));
  EXPECT_NEAR(e.total().value, 50 * 3600 * kCall, 1e-9);
  EXPECT_EQ(e.machines.value, 0);
  EXPECT_DOUBLE_EQ(e.on_functions, 1);
  EXPECT_EQ(e.missed, 0);
}

TEST(SteadyModel, WithoutPatienceWhatOverflowsIsErlangsB) {
  World world;
  // On time only if it starts at once: 10 ms is what the variant takes everywhere.
  world.add_class("strict", 10ms, QueryClass::strict);
  const Catalog catalog = world.catalog();
  const Expected e = world.model(catalog).expect({{MachineOfferId{0}, 2}}, per_second(300));
  const double blocked = erlang_b(4, 3);
  EXPECT_NEAR(e.on_functions, blocked, 1e-9);
  EXPECT_NEAR(e.machines.value, 0.72, 1e-12);
  EXPECT_NEAR(e.functions.value, blocked * 300 * 3600 * kCall, 1e-9);
  EXPECT_NEAR(e.busy, 3 * (1 - blocked) / 4, 1e-9);
}

TEST(SteadyModel, WithoutFunctionsTheyMiss) {
  World world;
  world.settings.functions = false;
  world.add_class("strict", 10ms, QueryClass::strict);
  const Catalog catalog = world.catalog();
  const SteadyModel model = world.model(catalog);
  EXPECT_NEAR(model.expect({{MachineOfferId{0}, 2}}, per_second(300)).missed, erlang_b(4, 3), 1e-9);
  EXPECT_DOUBLE_EQ(model.expect({}, per_second(300)).missed, 1);
}

TEST(SteadyModel, LevelsAreAveragedByTimeAndByQuery) {
  World world;
  world.add_class("strict", 10ms, QueryClass::strict);
  const Catalog catalog = world.catalog();
  const SteadyModel model = world.model(catalog);
  const Fleet fleet{{MachineOfferId{0}, 1}};
  const Expected low = model.expect(fleet, per_second(20));
  const Expected high = model.expect(fleet, per_second(400));
  const Expected mean =
      model.expect(fleet, std::vector<LoadLevel>{{per_second(20), 0.75}, {per_second(400), 0.25}});
  EXPECT_NEAR(mean.total().value, 0.75 * low.total().value + 0.25 * high.total().value, 1e-12);
  EXPECT_NEAR(mean.on_functions, (15 * low.on_functions + 100 * high.on_functions) / 115, 1e-12);
}

TEST(SteadyModel, ABurstableMachineIsChargedForWhatIsOverItsBaseline) {
  World world;
  MachineOffer& machine = world.machine();
  machine.market = Market::burstable;
  machine.credits_per_hour = 48;  // of 2 vCPUs: a baseline of 0.4
  machine.surcharge_per_vcpu_hour = per_hour(0.05);
  world.add_class("relaxed", 10s, QueryClass::relaxed);
  const Catalog catalog = world.catalog();
  // 150 queries a second of 10 ms are 1.5 of 2 slots: 0.75 of the machine, 0.35 over the baseline.
  const Expected e = world.model(catalog).expect({{MachineOfferId{0}, 1}}, per_second(150));
  EXPECT_NEAR(e.busy, 0.75, 1e-3);
  EXPECT_NEAR(e.machines.value, 0.36 + 0.35 * 2 * 0.05, 1e-4);

  // Half of the time nothing comes, and what it banks then covers the rest: 0.375 on average.
  const std::vector<LoadLevel> on_and_off{{per_second(0), 0.5}, {per_second(150), 0.5}};
  EXPECT_NEAR(world.model(catalog).expect({{MachineOfferId{0}, 1}}, on_and_off).machines.value,
              0.36, 1e-9);
  // Beside another machine it is filled last: at 150 a second it has nothing to do.
  World two = world;
  two.parts.machine_offers.push_back(two.machine());
  two.parts.machine_offers[1].name = "steady";
  two.parts.machine_offers[1].market = Market::on_demand;
  two.parts.machine_offers[1].credits_per_hour = 0;
  two.parts.machine_offers[1].surcharge_per_vcpu_hour.reset();
  const Catalog both = two.catalog();
  const Fleet fleet{{MachineOfferId{0}, 1}, {MachineOfferId{1}, 1}};
  EXPECT_NEAR(two.model(both).expect(fleet, per_second(150)).machines.value, 0.72, 1e-9);
  EXPECT_NEAR(two.model(both).expect(fleet, per_second(350)).machines.value, 0.72 + 0.35 * 2 * 0.05,
              1e-4);

  // In standard mode it does its baseline's work, and the rest goes to functions.
  machine.surcharge_per_vcpu_hour.reset();
  const Catalog standard = world.catalog();
  const Expected s = world.model(standard).expect({{MachineOfferId{0}, 1}}, per_second(150));
  EXPECT_NEAR(s.on_functions, 1 - 80.0 / 150, 0.01);
}

// The formula against the simulator, where they should agree: the search stands on it.
TEST(SteadyModel, IsWhatTheSimulatorMeasures) {
  for (const double rate : {150.0, 190.0, 260.0}) {
    World world;
    world.settings.scheme = "planned";
    world.settings.plan = {{Time{}, MachineOfferId{0}, 1, {}},
                           {Time{}, {}, 0, WarmTarget{FunctionOfferId{0}, VariantId{1}, 30}}};
    world.machine().provisioning_delay = {0s, 0};
    world.add_class("strict", 60ms, QueryClass::strict);
    world.add_class("relaxed", 500ms, QueryClass::relaxed);
    world.load(per_second(rate), 600s, Spacing::poisson);
    const Catalog catalog = world.catalog();
    const Expected e = world.model(catalog).expect({{MachineOfferId{0}, 1}}, per_second(rate));
    const sim::RunResult run = world.run();
    const double on_functions =
        static_cast<double>(run.on_functions) / static_cast<double>(run.all.requests);
    EXPECT_NEAR(e.on_functions, on_functions, 0.03) << rate;
    EXPECT_NEAR(e.total().value, run.cost.total().value * 6, 0.05 * e.total().value) << rate;
  }
}

}  // namespace
}  // namespace paragon::plan
