#include "sim/run.h"

#include "sim/testing.h"

namespace paragon::sim {
namespace {

using namespace testing;

// Three machines for a hundred seconds, added up by hand.
TEST(SimRun, ThreeMachinesCostWhatTheyWereBooked) {
  World world;
  world.settings.machines_min = world.settings.machines_max = 3;
  world.settings.functions = false;
  world.load(per_second(10), 100s);  // at 0.05 s, 0.15 s, ... 99.95 s
  const RunResult r = world.run();

  EXPECT_EQ(r.all.requests, 1000U);
  EXPECT_EQ(r.all.on_time, 1000U);
  EXPECT_EQ(r.machines_bought, 3U);
  EXPECT_EQ(r.machines_peak, 3);
  // Ordered at 0, given back when the last answer was there at 99.96 s, billed by the second.
  EXPECT_EQ(r.length, 99'960ms);
  EXPECT_EQ(r.machine_time, 300s);
  EXPECT_NEAR(r.cost.machines.value, 300 * 0.36 / 3600, 1e-12);
  EXPECT_EQ(r.cost.functions.value, 0);
  // 1000 queries of 10 ms on half a machine each.
  EXPECT_EQ(r.machine_usage[0].busy, 5s);
  EXPECT_NEAR(r.cost.wasted.value, 295 * 0.36 / 3600, 1e-12);
  // The first came at 0.05 s and waited for the boot until 10 s, six at a time.
  EXPECT_EQ(r.latency.max(), 10s - 50ms + 10ms);
  EXPECT_LE(r.latency.percentile(50), 10'100us);  // whoever came later did not wait
  // From 10 s on three are ready, and at most one is needed for ten queries a second.
  EXPECT_GE(r.overprovisioned, 2 * 89s);
  EXPECT_LE(r.overprovisioned, 3 * 90s);
  ASSERT_EQ(r.served.size(), 1U);
  EXPECT_EQ(r.served[0].queries, 1000U);
}

// The same three, up before the load came.
TEST(SimRun, StandingMachinesAreReadyAtOnceAndBilledFromTheStart) {
  World world;
  world.settings.machines_min = world.settings.machines_max = 3;
  world.settings.functions = false;
  world.standing = {{MachineOfferId{0}, 3}};
  world.load(per_second(10), 100s);
  const RunResult r = world.run();
  EXPECT_EQ(r.all.on_time, 1000U);
  EXPECT_EQ(r.latency.max(), 10ms);  // nobody waited for a boot
  EXPECT_EQ(r.machines_bought, 3U);
  EXPECT_EQ(r.machine_time, 300s);
  EXPECT_NEAR(r.cost.machines.value, 300 * 0.36 / 3600, 1e-12);

  // One is given back where one too many stands, and one bought where one is missing.
  world.standing = {{MachineOfferId{0}, 2}};
  EXPECT_EQ(world.run().machines_bought, 3U);
  world.standing = {{MachineOfferId{0}, 4}};
  EXPECT_LT(world.run().machine_time, 400s);
}

TEST(SimRun, StandingSpotMachinesAreTakenAwayAndBoughtAgain) {
  World world;
  world.settings.machines_min = world.settings.machines_max = 2;
  world.settings.functions = false;
  world.standing = {{MachineOfferId{0}, 2}};
  world.machine().interruptions_per_month = 60 * 24 * 30;  // about one a minute
  world.machine().interruption_notice = 5s;
  world.load(per_second(20), 1800s);
  const RunResult r = world.run();
  EXPECT_NEAR(static_cast<double>(r.interruptions), 50, 25);
  // One that is taken at the very end is not bought again.
  EXPECT_NEAR(static_cast<double>(r.machines_bought), static_cast<double>(r.interruptions) + 2, 1);
}

TEST(SimRun, FunctionsCostGbMillisecondsAndCalls) {
  World world;
  world.settings.machines_max = 0;
  world.load(per_second(1), 10s);
  RunResult r = world.run();
  EXPECT_EQ(r.on_functions, 10U);
  EXPECT_EQ(r.cold_starts, 1U);
  EXPECT_EQ(r.all.on_time, 10U);
  EXPECT_EQ(r.latency.max(), 510ms);  // the first met the cold start
  EXPECT_NEAR(r.cost.functions.value, 10 * (0.010 * 0.00002 + 0.0000002), 1e-15);
  EXPECT_EQ(r.cost.machines.value, 0);

  world.function().billing_step = 100ms;  // as Lambda billed until December 2020
  r = world.run();
  EXPECT_NEAR(r.cost.functions.value, 10 * (0.100 * 0.00002 + 0.0000002), 1e-15);

  world.function().keep_alive = 400ms;  // gone before the next comes
  r = world.run();
  EXPECT_EQ(r.cold_starts, 10U);
}

TEST(SimRun, DeadlinesCountTheOverhead) {
  World world;
  world.settings.machines_min = world.settings.machines_max = 1;
  world.settings.overhead = 5ms;
  world.settings.functions = false;
  world.add_class("tight", 15ms, QueryClass::strict);
  world.classes[0].constraints.min_accuracy = accuracy(0.9);
  world.load(per_second(1), 60s);
  RunResult r = world.run();
  // Ten came while there was no machine; all others took 10 ms and the way of 5 ms: just in time.
  EXPECT_EQ(r.strict.requests, 60U);
  EXPECT_EQ(r.strict.on_time, 50U);
  EXPECT_EQ(r.strict.missed(), 10U);
  EXPECT_EQ(r.relaxed.requests, 0U);
  EXPECT_EQ(r.classes[0].deadline, Duration(15ms));

  world.settings.overhead = 6ms;  // now no variant can meet it
  r = world.run();
  EXPECT_EQ(r.all.refused, 60U);
  EXPECT_EQ(r.all.violation_rate(), 1.0);
}

TEST(SimRun, AccuracyIsThatOfWhoAnswered) {
  World world;
  world.settings.machines_min = world.settings.machines_max = 1;
  world.settings.functions = false;
  world.add_class("any", std::nullopt).constraints.min_accuracy.reset();
  world.load(per_second(10), 20s);
  EXPECT_NEAR(world.run().accuracy(), 0.80, 1e-12);  // the cheapest
  world.classes[0].constraints.objective = kMostAccurate;
  EXPECT_NEAR(world.run().accuracy(), 0.95, 1e-12);
}

TEST(SimRun, AnEnsembleAnswersWhenItsSlowestMemberDoes) {
  World world;
  world.add_pair();
  world.settings.machines_min = world.settings.machines_max = 1;
  world.settings.functions = false;
  world.add_class("any", std::nullopt).constraints.min_accuracy = accuracy(0.92);
  world.load(per_second(10), 60s);
  RunResult r = world.run();
  EXPECT_EQ(r.all.requests, 600U) << "the clients', not the members'";
  EXPECT_EQ(r.all.on_time, 600U);
  EXPECT_NEAR(r.accuracy(), 0.93, 1e-12);
  EXPECT_EQ(r.accuracy_violation_rate(), 0.0);
  EXPECT_NEAR(milliseconds(r.latency.percentile(50)), 10, 0.2) << "of the slower one";
  ASSERT_EQ(r.served.size(), 2U);
  EXPECT_EQ(r.served[0].queries, 600U);
  EXPECT_EQ(r.served[1].queries, 600U);
}

TEST(SimRun, ALateMemberDoesNotSpoilTheAnswer) {
  World world;
  world.add_pair();
  world.parts.profiles[1] = {10ms, 20ms, 0ms};  // one in a hundred medium ones takes 20 ms
  world.settings.machines_min = world.settings.machines_max = 4;
  world.settings.functions = false;
  world.add_class("tight", 15ms, QueryClass::strict).constraints.min_accuracy = accuracy(0.92);
  world.load(per_second(10), 600s);
  const RunResult r = world.run();
  const ClassResult& c = r.classes[0];
  // Those that came while nothing was up are missed; the others are answered in time, some of them
  // by the small one alone.
  EXPECT_EQ(c.fates.late, 0U);
  EXPECT_LE(c.fates.refused, 110U);
  EXPECT_GT(c.below_accuracy, 0U);
  EXPECT_LT(c.below_accuracy, c.fates.on_time / 8);
  EXPECT_LE(r.latency.percentile(100), 15ms);
}

TEST(SimRun, RefusedOrdersAreNotBilledAndFailedBootsAre) {
  World world;
  world.settings.machines_min = world.settings.machines_max = 1;
  world.settings.functions = false;
  world.machine().no_capacity_probability = 1;
  world.load(per_second(1), 20s);
  RunResult r = world.run();
  EXPECT_GT(r.no_capacity, 100U);  // it asked until everyone had given up
  EXPECT_EQ(r.all.refused, 20U);
  EXPECT_EQ(r.cost.total().value, 0);

  world.machine().no_capacity_probability = 0;
  world.machine().boot_failure_probability = 1;
  r = world.run();
  EXPECT_GT(r.boot_failures, 100U);
  EXPECT_EQ(r.all.refused, 20U);
  // Each is billed its 10 s of boot as the minute that is the least.
  const auto bought = static_cast<double>(r.machines_bought);
  EXPECT_NEAR(r.cost.machines.value, bought * 60 * 0.36 / 3600, 1e-9);
}

TEST(SimRun, SpotMachinesAreTakenAwayAfterTheNotice) {
  World world;
  world.settings.machines_min = world.settings.machines_max = 2;
  world.settings.functions = false;
  world.machine().market = Market::on_demand;
  world.machine().interruptions_per_month = 60 * 24 * 30;  // about one a minute
  world.machine().interruption_notice = 5s;
  world.load(per_second(20), 1800s);
  const RunResult r = world.run();
  EXPECT_NEAR(static_cast<double>(r.interruptions), 50, 25);  // each lives a minute and boots anew
  EXPECT_EQ(r.machines_bought, r.interruptions + 2);
  // Short queries end within the notice; who comes when both machines are away is refused or waits.
  EXPECT_EQ(r.all.on_time + r.all.refused, r.all.requests);
  EXPECT_LT(r.all.violation_rate(), 0.05);
}

TEST(SimRun, MoreThanTheBurstIsThrottled) {
  World world;
  world.settings.machines_max = 0;
  world.function().burst_limit = 2;
  world.function().burst_growth_per_minute = 0;
  world.settings.attempts_max = 1;
  world.load(per_second(100), 400ms);  // 40 queries while the first environment starts
  const RunResult r = world.run();
  EXPECT_EQ(r.all.requests, 40U);
  EXPECT_EQ(r.on_functions, 2U);
  EXPECT_EQ(r.throttled, 2U) << "a start is asked for every quarter of a second";
  EXPECT_EQ(r.all.refused, 38U);
}

TEST(SimRun, AllThatWaitForEverGiveUp) {
  World world;
  world.settings.machines_max = 4;
  world.settings.functions = false;
  world.settings.budget_per_hour = dollars(0);
  world.load(per_second(5), 10s);
  const RunResult r = world.run();
  EXPECT_EQ(r.all.requests, 50U);
  EXPECT_EQ(r.all.refused, 50U);
  EXPECT_EQ(r.cost.total().value, 0);
}

TEST(SimRun, TheSeriesAddsUpToTheTotals) {
  World world;
  world.settings.machines_max = 8;
  world.settings.scheme = "paragon";
  world.add_class("strict", 200ms, QueryClass::strict);
  world.add_class("relaxed", 5s, QueryClass::relaxed);
  world.load(per_second(150), 300s, Spacing::poisson);
  const auto adds_up = [](const RunResult& r) {
    double requests = 0;
    std::uint64_t missed = 0;
    Dollars spent;
    for (std::size_t i = 0; i < r.series.size(); ++i) {
      const Time end = i + 1 < r.series.size() ? r.series[i + 1].from : Time(r.length);
      requests += r.series[i].arrivals * (end - r.series[i].from);
      missed += r.series[i].missed;
      spent += r.series[i].machines + r.series[i].functions;
      EXPECT_LE(r.series[i].busy, r.series[i].ready + 1e-9);
    }
    EXPECT_NEAR(requests, static_cast<double>(r.all.requests), 1e-6);
    EXPECT_EQ(missed, r.all.missed());
    EXPECT_NEAR(spent.value, r.cost.total().value, 1e-9);
  };
  const RunResult seconds = world.run();
  EXPECT_NEAR(static_cast<double>(seconds.series.size()), 301, 1);
  adds_up(seconds);
  world.sample = 20ms;  // 15,000 of them: coarsened twice
  const RunResult coarse = world.run();
  EXPECT_LE(coarse.series.size(), kSamplesMax);
  EXPECT_GE(coarse.series.size(), kSamplesMax / 2);
  adds_up(coarse);
  EXPECT_EQ(coarse.hash, seconds.hash);  // looking closer changes nothing
}

TEST(SimRun, WhatDoesNotFitIsSaid) {
  World world;
  world.add_class("odd", std::nullopt).task = "nothing";
  world.load(per_second(1), 1s);
  const Catalog catalog = Catalog::build(world.parts).value();
  Scenario scenario = world.scenario(catalog);
  Result<RunResult> result = run(scenario);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message,
            "class 'odd': task: got 'nothing', expected a task of the catalog");
  scenario.brain.scheme = "none";
  EXPECT_FALSE(run(scenario).ok());
}

}  // namespace
}  // namespace paragon::sim
