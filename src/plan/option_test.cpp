#include "plan/option.h"

#include <gtest/gtest.h>

#include "plan/measured.h"
#include "plan/scheme_space.h"
#include "plan/testing.h"
#include "sim/run.h"
#include "trace/generate.h"

namespace paragon::plan {
namespace {

using testing::World;
using namespace std::chrono_literals;

plan::World steady(const testing::World& small, double rate) {
  plan::World world;
  world.catalog = std::make_shared<const Catalog>(small.catalog());
  world.brain = small.settings;
  world.mix = small.mix();
  world.length = 600s;
  world.steady = true;
  world.arrivals = [rate](double factor, std::uint64_t seed) {
    return Result<ArrivalsPtr>(constant(per_second(rate * factor), 600s, Spacing::poisson, seed));
  };
  return world;
}

Measured simulated(const Option& option, const plan::World& world) {
  const auto run = sim::run(scenario_of(option, world, 1));
  EXPECT_TRUE(run.ok()) << (run ? "" : run.error().message);
  return measured({&*run, 1}, *world.catalog, world.length, held(option));
}

TEST(Option, AFixedFleetIsUpFromTheStartAndNeverChanges) {
  testing::World small;
  small.add_class("strict", 60ms, QueryClass::strict);
  const plan::World world = steady(small, 150);
  const SteadyModel model(*world.catalog, world.brain, small.needs(*world.catalog), 0ms);
  const std::vector<LoadLevel> levels{{per_second(150), 1}};
  const Option option = fixed("fixed", {{MachineOfferId{0}, 2}}, model, world, levels);
  const Measured m = simulated(option, world);
  EXPECT_NEAR(m.machines, 2, 0.01);
  EXPECT_NEAR(m.on_machines.value, 0.72, 0.01);
  EXPECT_EQ(m.missed, 0);  // nobody waited for a boot
  EXPECT_DOUBLE_EQ(m.machine_share.at(Market::on_demand), 1);
  EXPECT_EQ(m.answered.front().resource, "machine:machine");
  EXPECT_NEAR(m.per_million.value, m.cost.value / (150 * 3600) * 1e6, 0.05 * m.per_million.value);

  const Measured alone = simulated(fixed("alone", {}, model, world, levels), world);
  EXPECT_DOUBLE_EQ(alone.share_on_functions, 1);
  EXPECT_EQ(alone.machines, 0);
  EXPECT_NEAR(alone.cost.value, 150 * 3600 * 4e-7, 0.05 * alone.cost.value);
}

TEST(Option, KeepsAsManyEnvironmentsWarmAsOverflow) {
  testing::World small;
  small.add_class("strict", 60ms, QueryClass::strict);
  const plan::World world = steady(small, 400);
  const SteadyModel model(*world.catalog, world.brain, small.needs(*world.catalog), 0ms);
  const std::vector<LoadLevel> levels{{per_second(400), 1}};
  // 400 a second of 10 ms are 4 calls at once, 4 + 3 x 2 + 1; with a machine for 2 of the 4, 2 + 3
  // x 1.4 + 1.
  const Option alone = fixed("alone", {}, model, world, levels);
  ASSERT_EQ(alone.warm.size(), 1U);
  EXPECT_EQ(alone.warm[0].environments, 11);
  EXPECT_EQ(fixed("one", {{MachineOfferId{0}, 1}}, model, world, levels).warm[0].environments, 8);
  EXPECT_TRUE(fixed("ten", {{MachineOfferId{0}, 10}}, model, world, levels).warm.empty());
}

TEST(SchemeSpace, ItsStandardPointIsTheSchemeAsItComes) {
  for (const SchemeInfo* scheme : schemes()) {
    if (scheme->follows_plan) continue;
    const SchemeSpace space(*scheme, 0.7, 12);
    ASSERT_EQ(space.standard().size(), space.dimensions());
    const Option option = space.option(space.standard());
    for (const Knob& knob : scheme->knobs) {
      const auto set = option.tuning.find(knob.name);
      if (set == option.tuning.end()) continue;  // beyond the first ten
      EXPECT_EQ(set->second, knob.standard) << scheme->name << " " << knob.name;
    }
    EXPECT_EQ(option.target_busy, 0.7);
    EXPECT_EQ(option.machines_min, 0);
  }
}

TEST(SchemeSpace, EveryPointIsWithinTheKnobsRanges) {
  const Catalog catalog = testing::World().catalog();
  for (const SchemeInfo* scheme : schemes()) {
    if (scheme->follows_plan) continue;
    const SchemeSpace space(*scheme, 0.7, 12);
    for (std::size_t i = 0; i <= 40; ++i) {
      Point point(space.dimensions());
      for (std::size_t d = 0; d < point.size(); ++d) {
        point[d] = i < 2 ? static_cast<double>(i) : halton(i, d);
      }
      const Option option = space.option(point);
      BrainSettings settings;
      settings.scheme = option.scheme;
      settings.tuning = option.tuning;
      settings.target_busy = *option.target_busy;
      settings.machines_min = option.machines_min;
      const Status fits = check(settings, catalog);
      EXPECT_TRUE(fits.ok()) << (fits ? "" : fits.error().message);
    }
  }
}

TEST(Measured, IsTheMeanOverRuns) {
  const Catalog catalog = testing::World().catalog();
  sim::RunResult a;
  a.cost.machines = dollars(1);
  a.cost.functions = dollars(0.5);
  a.all.requests = a.strict.requests = 1000;
  a.all.late = a.strict.late = 10;
  sim::RunResult b = a;
  b.cost.machines = dollars(2);
  b.all.late = b.strict.late = 0;
  b.on_functions = 500;
  a.length = b.length = 1800s;
  const Measured m = measured(std::vector{a, b}, catalog, 1800s, {});
  EXPECT_DOUBLE_EQ(m.cost.value, 4);  // 1.5 and 2.5 in half an hour
  EXPECT_DOUBLE_EQ(m.cost_least.value, 3);
  EXPECT_DOUBLE_EQ(m.cost_most.value, 5);
  EXPECT_DOUBLE_EQ(m.on_machines.value, 3);
  EXPECT_DOUBLE_EQ(m.per_million.value, 4.0 / 2000 * 1e6);
  EXPECT_DOUBLE_EQ(m.missed, 0.005);
  EXPECT_DOUBLE_EQ(m.strict_missed, 0.005);
  EXPECT_DOUBLE_EQ(m.relaxed_missed, 0);
  EXPECT_DOUBLE_EQ(m.share_on_functions, 0.25);

  // The last query came after ten minutes; two machines at $0.36 an hour stay for the other twenty.
  a.length = 600s;
  const Measured quiet = measured(std::vector{a}, catalog, 1800s, {{MachineOfferId{0}, 2}});
  EXPECT_DOUBLE_EQ(quiet.cost.value, 3 + 0.72 * 2 / 3);
  EXPECT_DOUBLE_EQ(quiet.machines, 2.0 * 1200 / 1800);
}

}  // namespace
}  // namespace paragon::plan
