// The promises of run.h, over random worlds with every kind of fault: the same scenario gives the
// same bytes, every query has one fate, every cent is accounted for, and the journal replays.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "brain/replay_lines.h"
#include "brain/scheme.h"
#include "sim/testing.h"

namespace paragon::sim {
namespace {

using namespace testing;

World random_world(std::uint64_t seed) {
  Random random(seed);
  World world;
  world.seed = seed;
  world.add("wide", 0.97, 20ms, 1 + 2 * random.uniform());
  world.parts.machine_offers.reserve(3);
  MachineOffer& machine = world.machine();
  machine.vcpus = vcpus(1 + static_cast<double>(random.below(4)));
  machine.provisioning_delay = {from_seconds(30 * random.uniform()), random.uniform()};
  if (random.chance(0.5)) machine.no_capacity_probability = 0.3;
  if (random.chance(0.5)) machine.boot_failure_probability = 0.3;
  if (random.chance(0.5)) {
    machine.interruptions_per_month = 60 * 24 * 30;
    machine.interruption_notice = from_seconds((random.chance(0.5) ? 2 : 30) * random.uniform());
    if (random.chance(0.5)) machine.interrupted_together = random.uniform();
  }
  if (random.chance(0.3)) {
    machine.market = Market::on_demand;
    MachineOffer spot = machine;
    spot.name = "spot";
    spot.market = Market::spot;
    spot.price = machine.price * random.uniform();
    world.parts.machine_offers.push_back(spot);
  }
  if (random.chance(0.3)) {  // the only one to buy, so that it is bought
    MachineOffer burst = machine;
    burst.name = "burst";
    burst.market = Market::burstable;
    burst.price = machine.price * random.uniform();
    burst.credits_per_hour = 10;
    burst.credits_max = 5;
    if (random.chance(0.5)) burst.surcharge_per_vcpu_hour = per_hour(0.05);
    world.parts.machine_offers.push_back(burst);
  }
  FunctionOffer& function = world.function();
  function.cold_start = {from_seconds(random.uniform()), 0.5};
  function.keep_alive = from_seconds(20 * random.uniform());
  function.billing_step = random.chance(0.5) ? 1ms : 100ms;
  if (random.chance(0.5)) function.burst_limit = 1 + static_cast<int>(random.below(10));
  function.concurrency_limit = 1 + static_cast<int>(random.below(50));

  const auto schemes = scheme_names();
  world.settings.scheme = std::string(schemes[random.below(schemes.size())]);
  if (world.settings.scheme == kPlanFollower) world.settings.scheme = "paragon";
  if (random.chance(0.3)) world.settings.scheme = "newsvendor";  // it buys in every market
  world.settings.machines_max = static_cast<int>(random.below(12));
  world.settings.machines_min =
      static_cast<int>(random.below(static_cast<std::uint64_t>(world.settings.machines_max) + 1));
  world.settings.functions = random.chance(0.8);
  world.settings.waiting_max = random.chance(0.3) ? 5 : 10'000;
  world.settings.attempts_max = 1 + static_cast<int>(random.below(4));
  world.settings.overhead = random.chance(0.5) ? 0ms : 2ms;
  if (random.chance(0.3)) world.settings.budget_per_hour = dollars(2 * random.uniform());

  world.add_class("strict", from_milliseconds(15 + 100 * random.uniform()), QueryClass::strict);
  world.add_class("relaxed", from_seconds(1 + 5 * random.uniform()), QueryClass::relaxed);
  world.add_class("any", std::nullopt);
  world.classes[2].constraints.max_cost = dollars(1e-6);
  world.classes[2].constraints.min_accuracy.reset();
  if (random.chance(0.3)) {
    world.add_pair();
    world.classes[0].constraints.min_accuracy = accuracy(0.92);
    world.classes[2].constraints.objective = kMostAccurate;
    world.classes[2].constraints.best_effort = random.chance(0.5);
  }
  world.load(per_second(200 * random.uniform() * random.uniform()), 120s, Spacing::poisson);
  return world;
}

void sums_up(const World& world, const RunResult& r) {
  // One fate each.
  EXPECT_EQ(r.all.requests, r.all.on_time + r.all.late + r.all.refused);
  EXPECT_EQ(r.all.requests, r.strict.requests + r.relaxed.requests);
  std::uint64_t answered = 0;
  for (const ClassResult& c : r.classes) {
    EXPECT_EQ(c.fates.requests, c.fates.on_time + c.fates.late + c.fates.refused);
    EXPECT_EQ(c.latency.count(), c.fates.on_time + c.fates.late);
    answered += c.latency.count();
  }
  // Served once each; warm-ups are calls without a query.
  std::uint64_t served = 0;
  for (const Served& s : r.served) served += s.queries;
  EXPECT_GE(served, answered);
  const std::uint64_t most = world.parts.ensembles.empty() ? 1 : 2;  // members
  EXPECT_LE(served, most * (answered + r.all.refused) + r.warm_ups + r.throttled);

  // The ledger is the sum of what was bought.
  Dollars machines = r.surcharge;
  std::uint64_t bought = 0;
  for (std::size_t o = 0; o < r.machine_usage.size(); ++o) {
    const MachineUsage& usage = r.machine_usage[o];
    EXPECT_EQ(usage.running, 0s) << "a machine was not given back";
    EXPECT_LE(usage.busy, usage.billed);
    machines += world.parts.machine_offers[o].price * usage.billed;
    bought += static_cast<std::uint64_t>(usage.bought);
  }
  EXPECT_EQ(bought + r.no_capacity, r.machines_bought);
  EXPECT_NEAR(r.cost.machines.value, machines.value, 1e-9);
  Dollars functions;
  for (std::size_t o = 0; o < r.function_usage.size(); ++o) {
    const FunctionOffer& offer = world.parts.function_offers[o];
    functions += offer.price * r.function_usage[o].held +
                 offer.price_per_call * static_cast<double>(r.function_usage[o].calls);
    const std::int64_t step = offer.billing_step / 1ms;
    EXPECT_EQ(r.function_usage[o].held.value % (offer.memory.value * step), 0);
  }
  EXPECT_NEAR(r.cost.functions.value, functions.value, 1e-9);
  EXPECT_GE(r.cost.wasted.value, -1e-9);
  EXPECT_LE(r.cost.wasted.value, r.cost.machines.value + 1e-9);
  EXPECT_LE(r.machines_peak, world.settings.machines_max);
}

void replays(const std::vector<std::string>& journal) {
  const auto report = replay_lines(journal);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->differences, 0U) << report->first_difference;
  EXPECT_GT(report->inputs, 0U);
}

TEST(SimProperty, PromisesHoldInRandomWorlds) {
  const char* one = std::getenv("PARAGON_SEED");
  const std::uint64_t first = one != nullptr ? std::strtoull(one, nullptr, 10) : 1;
  const std::uint64_t last = one != nullptr ? first : 60;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    World world = random_world(seed);
    std::vector<std::string> journal;
    const RunResult recorded =
        world.run([&](std::string_view line) { journal.emplace_back(line); });
    sums_up(world, recorded);
    replays(journal);

    std::vector<std::string> again;
    const RunResult repeated = world.run([&](std::string_view line) { again.emplace_back(line); });
    EXPECT_TRUE(journal == again) << "the same scenario gave another journal";
    const RunResult bare = world.run();
    EXPECT_EQ(bare.hash, recorded.hash) << "writing a journal changed the run";
    EXPECT_EQ(bare.cost.total().value, recorded.cost.total().value);
    EXPECT_EQ(bare.latency.mean(), repeated.latency.mean());
    if (::testing::Test::HasFailure()) {
      FAIL() << "repeat with: PARAGON_SEED=" << seed << " sim_test --gtest_filter=SimProperty*";
    }
  }
}

TEST(SimProperty, AnotherSeedIsAnotherRun) {
  World world;
  world.settings.machines_max = 4;
  world.add("wide", 0.97, 20ms, 2);
  world.load(per_second(50), 60s, Spacing::poisson);
  world.classes.clear();
  world.add_class("any", std::nullopt).constraints.min_accuracy = accuracy(0.96);
  const RunResult a = world.run();
  world.seed = 2;  // of service times; the arrivals are those that load() fixed
  const RunResult b = world.run();
  EXPECT_EQ(a.all.requests, b.all.requests);
  EXPECT_NE(a.hash, b.hash);
  EXPECT_NE(a.latency.mean(), b.latency.mean());
}

// Faults change what the cloud does, not who comes: class by class the same queries.
TEST(SimProperty, FaultsDoNotShiftTheArrivals) {
  World world;
  world.settings.machines_max = 6;
  world.add_class("strict", 50ms, QueryClass::strict);
  world.add_class("relaxed", 5s, QueryClass::relaxed);
  world.load(per_second(100), 120s, Spacing::poisson);
  const RunResult sound = world.run();
  world.machine().boot_failure_probability = 0.5;
  world.machine().interruptions_per_month = 60 * 24 * 30;
  const RunResult faulty = world.run();
  EXPECT_GT(faulty.boot_failures + faulty.interruptions, 0U);
  EXPECT_EQ(sound.strict.requests, faulty.strict.requests);
  EXPECT_EQ(sound.relaxed.requests, faulty.relaxed.requests);
}

}  // namespace
}  // namespace paragon::sim
