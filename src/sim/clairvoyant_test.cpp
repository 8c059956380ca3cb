#include "sim/bound.h"
#include "sim/testing.h"

namespace paragon::sim {
namespace {

using testing::World;
using namespace std::chrono_literals;

Scenario scenario_of(const World& world, const Catalog& catalog) {
  Scenario scenario;
  scenario.catalog = &catalog;
  scenario.brain = world.settings;
  scenario.load.arrivals = world.arrivals;
  scenario.load.mix = Mix::build(world.classes).value();
  scenario.seed = world.seed;
  return scenario;
}

// bound <= clairvoyant schedule <= what any scheme paid that missed next to nothing.
TEST(Clairvoyant, LiesBetweenTheBoundAndEveryScheme) {
  int beaten = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Random random(seed);
    World world;
    world.seed = seed;
    world.parts.profiles[1].service_p99 = 11ms;
    world.function().cold_start = {0ms, 0};
    world.function().price = per_gb_second(0.0001);
    world.add_class("strict", 1s, QueryClass::strict);
    world.add_class("relaxed", from_seconds(2 + 4 * random.uniform()), QueryClass::relaxed);
    const double base = 100 + 300 * random.uniform();
    const Crowd crowd{Time{200s}, 20s, 150s, 20s, per_second(100 + 500 * random.uniform())};
    world.arrivals = [=] {
      return Result<ArrivalsPtr>(merge(constant(per_second(base), 600s, Spacing::poisson, seed),
                                       paragon::crowd(crowd, seed + 100)));
    };
    const Result<Catalog> catalog = Catalog::build(world.parts);
    Scenario scenario = scenario_of(world, *catalog);
    const Result<Bound> bound = clairvoyant_bound(scenario);
    const Result<std::vector<PlanStep>> plan = clairvoyant_plan(scenario);
    ASSERT_TRUE(bound.ok());
    ASSERT_TRUE(plan.ok());
    scenario.brain.scheme = "planned";
    scenario.brain.plan = *plan;
    const Result<RunResult> planned = run(scenario);
    ASSERT_TRUE(planned.ok()) << planned.error().message;
    EXPECT_EQ(planned->all.missed(), 0U) << "seed " << seed;
    EXPECT_LE(bound->least, planned->cost.total()) << "seed " << seed;
    EXPECT_LT(planned->cost.total(), bound->least * 1.35) << "seed " << seed;
    scenario.brain.plan.clear();
    for (const std::string_view name : scheme_names()) {
      if (name == "planned") continue;
      scenario.brain.scheme = name;
      const Result<RunResult> other = run(scenario);
      ASSERT_TRUE(other.ok());
      if (other->all.violation_rate() > 0.001) continue;
      EXPECT_LE(planned->cost.total(), other->cost.total() * 1.02) << name << ", seed " << seed;
      ++beaten;
    }
  }
  EXPECT_GT(beaten, 1);
}

TEST(Clairvoyant, PlansForMachinesAloneAndForFunctionsAlone) {
  World world;
  world.add_class("any", 400ms);
  world.load(per_second(400), 300s);
  const Result<Catalog> catalog = Catalog::build(world.parts);
  Scenario scenario = scenario_of(world, *catalog);
  scenario.brain.machines_max = 0;
  const Result<std::vector<PlanStep>> none = clairvoyant_plan(scenario);
  ASSERT_TRUE(none.ok()) << none.error().message;
  for (const PlanStep& step : *none) EXPECT_EQ(step.machines, 0);

  scenario.brain.machines_max = 64;
  scenario.brain.functions = false;
  const Result<std::vector<PlanStep>> machines = clairvoyant_plan(scenario);
  ASSERT_TRUE(machines.ok());
  ASSERT_FALSE(machines->empty());
  // 2 machines' worth of work, ordered at once, as nothing else can serve it.
  EXPECT_EQ(machines->front().from, Time{});
  EXPECT_GE(machines->front().machines, 2);
  EXPECT_LE(machines->front().machines, 4);
}

TEST(Clairvoyant, SamePlanEveryTime) {
  World world;
  world.function().price = per_gb_second(0.0001);
  world.add_class("any", 400ms);
  world.load(per_second(300), 200s, Spacing::poisson);
  const Result<Catalog> catalog = Catalog::build(world.parts);
  const Scenario scenario = scenario_of(world, *catalog);
  const auto once = clairvoyant_plan(scenario).value();
  const auto again = clairvoyant_plan(scenario).value();
  ASSERT_EQ(once.size(), again.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    EXPECT_EQ(once[i].from, again[i].from);
    EXPECT_EQ(once[i].machines, again[i].machines);
  }
}

}  // namespace
}  // namespace paragon::sim
