#include "sim/bound.h"
#include "sim/testing.h"

namespace paragon::sim {
namespace {

using testing::World;
using namespace std::chrono_literals;

// Runs every scheme and returns how many were held against the planned cost: those that missed no
// more than that share. None of them may be cheaper.
int hold_against(Dollars planned, Scenario scenario, double missed_most, const std::string& where) {
  int held = 0;
  for (const std::string_view name : deciding_scheme_names()) {
    scenario.brain.scheme = name;
    const Result<RunResult> other = run(scenario);
    EXPECT_TRUE(other.ok());
    if (!other || other->all.violation_rate() > missed_most) continue;
    EXPECT_LE(planned, other->cost.total() * 1.02) << name << ", " << where;
    ++held;
  }
  return held;
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
    const Scenario scenario = world.scenario(*catalog);
    const Result<Bound> bound = clairvoyant_bound(scenario);
    const Result<std::vector<PlanStep>> plan = clairvoyant_plan(scenario);
    ASSERT_TRUE(bound.ok());
    ASSERT_TRUE(plan.ok());
    const Result<RunResult> planned = run(carried_out(*plan, scenario));
    ASSERT_TRUE(planned.ok()) << planned.error().message;
    EXPECT_EQ(planned->all.missed(), 0U) << "seed " << seed;
    EXPECT_LE(bound->least, planned->cost.total()) << "seed " << seed;
    EXPECT_LT(planned->cost.total(), bound->least * 1.35) << "seed " << seed;
    beaten += hold_against(planned->cost.total(), scenario, 0.001, "seed " + std::to_string(seed));
  }
  EXPECT_GT(beaten, 1);
}

// Where even one machine would be idle for most of the time, functions serve nearly everything.
TEST(Clairvoyant, IsBeatenByNoSchemeAtALittleLoad) {
  int beaten = 0;
  for (const double rate : {0.5, 3.0, 20.0}) {
    World world;
    world.add_class("relaxed", 5s, QueryClass::relaxed);
    world.load(per_second(rate), 1800s, Spacing::poisson);
    const Result<Catalog> catalog = Catalog::build(world.parts);
    const Scenario scenario = world.scenario(*catalog);
    const Result<Bound> bound = clairvoyant_bound(scenario);
    const Result<std::vector<PlanStep>> plan = clairvoyant_plan(scenario);
    ASSERT_TRUE(bound.ok());
    ASSERT_TRUE(plan.ok());
    const Result<RunResult> planned = run(carried_out(*plan, scenario));
    ASSERT_TRUE(planned.ok());
    EXPECT_EQ(planned->all.missed(), 0U) << rate << "/s";
    // Functions alone cost exactly that: what is left is rounding.
    EXPECT_LE(bound->least, planned->cost.total() * (1 + 1e-9)) << rate << "/s";
    beaten += hold_against(planned->cost.total(), scenario, 0, std::to_string(rate) + "/s");
  }
  EXPECT_GT(beaten, 10);
}

// A scheme is held against one that selects by the constraints, also where it does not itself.
TEST(Clairvoyant, DoesNotSelectBlindly) {
  World world;
  world.add_class("any", 400ms);
  world.load(per_second(100), 100s);
  const Result<Catalog> catalog = Catalog::build(world.parts);
  Scenario scenario = world.scenario(*catalog);
  const auto cost = [&] {
    return run(carried_out(clairvoyant_plan(scenario).value(), scenario))->cost.total().value;
  };
  const double aware = cost();
  scenario.brain.selection = Selection::naive;
  EXPECT_EQ(cost(), aware);
}

// Spot machines at a third of the price that nobody takes away: who would buy others?
TEST(Clairvoyant, BuysOnTheMarketThatIsWorthIt) {
  World world;
  MachineOffer spot = world.machine();
  spot.name = "spot";
  spot.market = Market::spot;
  spot.price = spot.price * 0.3;
  world.parts.machine_offers.push_back(spot);
  world.function().price = per_gb_second(0.0001);
  world.add_class("any", 400ms);
  world.load(per_second(400), 300s);
  const Result<Catalog> catalog = Catalog::build(world.parts);
  const Result<std::vector<PlanStep>> plan = clairvoyant_plan(world.scenario(*catalog));
  int bought = 0;
  for (const PlanStep& step : plan.value()) {
    if (step.machines == 0) continue;
    EXPECT_EQ(step.offer, MachineOfferId{1});
    ++bought;
  }
  EXPECT_GT(bought, 0);
}

TEST(Clairvoyant, PlansForMachinesAloneAndForFunctionsAlone) {
  World world;
  world.add_class("any", 400ms);
  world.load(per_second(400), 300s);
  const Result<Catalog> catalog = Catalog::build(world.parts);
  Scenario scenario = world.scenario(*catalog);
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
  const Scenario scenario = world.scenario(*catalog);
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
