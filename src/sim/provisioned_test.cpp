// Runs with environments that are kept provisioned, added up by hand.
#include <gtest/gtest.h>

#include "brain/replay_lines.h"
#include "sim/testing.h"

namespace paragon::sim {
namespace {

using namespace testing;

// Functions alone; one environment of the medium variant is kept: a GB-second of keeping it is
// $0.000004, one of running in it $0.000012 instead of $0.00002.
World one_kept() {
  World world;
  world.settings.machines_max = 0;
  world.function().provisioned = {per_gb_second(0.000004), per_gb_second(0.000012)};
  world.provisioned = {{FunctionOfferId{0}, VariantId{1}, 1}};
  return world;
}

TEST(SimProvisioned, NobodyMeetsAColdStartAndTheStandingChargeIsPaid) {
  World world = one_kept();
  world.load(per_second(1), 10s);
  const RunResult r = world.run();
  EXPECT_EQ(r.on_functions, 10U);
  EXPECT_EQ(r.on_provisioned(), 10U);
  EXPECT_EQ(r.cold_starts, 0U);
  EXPECT_EQ(r.latency.max(), 10ms);
  // Ten seconds are five minutes.
  EXPECT_NEAR(r.cost.keeping.value, 300 * 0.000004, 1e-12);
  EXPECT_NEAR(r.cost.functions.value, 300 * 0.000004 + 10 * (0.010 * 0.000012 + 0.0000002), 1e-12);
}

TEST(SimProvisioned, ItIsKeptThroughAnyLull) {
  World world = one_kept();
  world.load(per_second(0.001), 3000s);  // at 500, 1500 and 2500 s
  const RunResult r = world.run();
  EXPECT_EQ(r.cold_starts, 0U);
  EXPECT_NEAR(r.cost.keeping.value, 2700 * 0.000004, 1e-12);
  world.provisioned.clear();
  const RunResult without = world.run();
  EXPECT_EQ(without.cold_starts, 3U);
  EXPECT_EQ(without.cost.keeping, dollars(0));
  EXPECT_EQ(without.on_provisioned(), 0U);
}

TEST(SimProvisioned, WhatFindsItBusyRunsElsewhereAtTheOrdinaryPrice) {
  World world = one_kept();
  world.load(per_second(150), 1s);  // each takes 10 ms, and the next comes after 6.7
  const RunResult r = world.run();
  EXPECT_EQ(r.on_functions, 150U);
  EXPECT_GT(r.cold_starts, 0U);
  EXPECT_GE(r.on_provisioned(), 70U) << "every second one at least";
  EXPECT_LT(r.on_provisioned(), 150U);
  const double there = static_cast<double>(r.on_provisioned());
  EXPECT_NEAR(
      r.cost.functions.value,
      300 * 0.000004 + there * 0.010 * 0.000012 + (150 - there) * 0.010 * 0.00002 + 150 * 0.0000002,
      1e-12);
}

TEST(SimProvisioned, AnEnvironmentThatIsThereNeedsNoRoomToGrow) {
  World world = one_kept();
  world.function().burst_limit = 1;
  world.function().burst_growth_per_minute = 0;
  world.provisioned[0].environments = 3;
  world.load(per_second(250), 1s);
  EXPECT_EQ(world.run().throttled, 0U);
  world.provisioned.clear();
  EXPECT_GT(world.run().throttled, 0U);
}

TEST(SimProvisioned, TheJournalReplays) {
  World world = one_kept();
  world.load(per_second(150), 1s);
  std::vector<std::string> journal;
  const RunResult recorded = world.run([&](std::string_view line) { journal.emplace_back(line); });
  EXPECT_EQ(recorded.hash, world.run().hash);
  const auto report = replay_lines(journal);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->differences, 0U) << report->first_difference;
}

}  // namespace
}  // namespace paragon::sim
