#include "sim/virtual_machines.h"

#include "sim/testing.h"

namespace paragon::sim {
namespace {

using namespace testing;

// Two vCPUs that earn 24 credits an hour: 0.4 vCPU, or 0.4 vCPU-seconds a second.
struct Burstable : World {
  Burstable() {
    machine().market = Market::burstable;
    machine().credits_per_hour = 24;
    machine().credits_max = 1;          // 60 vCPU-seconds
    machine().credits_at_launch = 0.5;  // 30 vCPU-seconds
    machine().provisioning_delay = {0s, 0};
    add("second", 0.99, 1s);
  }
};

TEST(VirtualMachines, WithoutCreditsAQueryTakesAsLongAsTheyTakeToBeEarned) {
  Burstable world;
  const Catalog catalog = Catalog::build(world.parts).value();
  VirtualMachines machines(catalog, Random(1));
  const MachineId id{1};
  const VariantId second{3};
  machines.launch(id, MachineOfferId{0}, at(0s));
  ASSERT_TRUE(machines.happen(at(0s)));
  // Thirty seconds' work is banked.
  for (int i = 0; i < 30; ++i) EXPECT_EQ(machines.begin(id, second, 1s, at(0s)), 1s) << i;
  // The next needs a vCPU-second that comes at 0.4 a second, the one after it twice that.
  EXPECT_EQ(machines.begin(id, second, 1s, at(0s)), 2500ms);
  EXPECT_EQ(machines.begin(id, second, 1s, at(0s)), 5s);
  // After 5 s both are paid for; after 155 s the bank is full, and fuller it does not get.
  EXPECT_EQ(machines.begin(id, second, 1s, at(5s)), 2500ms);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(machines.begin(id, second, 1s, at(1000s)), 1s);
  EXPECT_EQ(machines.begin(id, second, 1s, at(1000s)), 2500ms);
  EXPECT_EQ(machines.surcharge().value, 0);
}

TEST(VirtualMachines, UnlimitedModeNeverSlowsDownAndChargesWhatIsNotEarnedBack) {
  Burstable world;
  world.machine().surcharge_per_vcpu_hour = per_hour(0.36);  // a hundredth of a cent a second
  const Catalog catalog = Catalog::build(world.parts).value();
  VirtualMachines machines(catalog, Random(1));
  const MachineId id{1};
  const VariantId second{3};
  machines.launch(id, MachineOfferId{0}, at(0s));
  ASSERT_TRUE(machines.happen(at(0s)));
  // 30 are banked, and 60 more may be owed; ten are charged at once.
  for (int i = 0; i < 100; ++i) EXPECT_EQ(machines.begin(id, second, 1s, at(0s)), 1s);
  EXPECT_NEAR(machines.surcharge().value, 10 * 0.0001, 1e-9);
  // By 100 s it has earned 40 of the 60 back; the rest is charged when it ends.
  machines.forget(id, at(100s));
  EXPECT_NEAR(machines.surcharge().value, 30 * 0.0001, 1e-9);
}

// Skips what is of no interest any more.
MachineEvent next_news(VirtualMachines& machines) {
  while (machines.next() != kNever) {
    const std::optional<MachineEvent> event = machines.happen(machines.next());
    if (event) return *event;
  }
  ADD_FAILURE() << "nothing more happens";
  return {};
}

TEST(VirtualMachines, AReleasedOneEndsWithItsLastQuery) {
  World world;
  const Catalog catalog = Catalog::build(world.parts).value();
  VirtualMachines machines(catalog, Random(1));
  machines.launch(MachineId{1}, MachineOfferId{0}, at(0s));
  machines.launch(MachineId{2}, MachineOfferId{0}, at(0s));
  EXPECT_EQ(machines.next(), at(10s));
  EXPECT_EQ(machines.happen(at(10s))->machine, MachineId{1});
  machines.begin(MachineId{1}, VariantId{0}, 2ms, at(11s));
  machines.release(MachineId{1}, at(11s));
  machines.release(MachineId{2}, at(11s));  // still booting: at once
  EXPECT_EQ(machines.booting(), 0);
  EXPECT_EQ(next_news(machines).machine, MachineId{2});
  EXPECT_EQ(machines.next(), kNever);
  machines.end(MachineId{1}, at(12s));
  ASSERT_EQ(machines.next(), at(12s));
  const MachineEvent end = next_news(machines);
  EXPECT_EQ(end.machine, MachineId{1});
  EXPECT_EQ(end.kind, MachineEventKind::gone);
  EXPECT_EQ(machines.ready(), 0);
  EXPECT_FALSE(machines.oldest());
}

// What befalls a machine is drawn by its number, so a fault does not shift the others' delays.
TEST(VirtualMachines, FaultsDoNotShiftOtherDelays) {
  World world;
  world.machine().provisioning_delay = {90s, 0.3};
  const auto ready_times = [&] {
    const Catalog catalog = Catalog::build(world.parts).value();
    VirtualMachines machines(catalog, Random(5));
    for (std::uint32_t i = 1; i <= 50; ++i)
      machines.launch(MachineId{i}, MachineOfferId{0}, at(0s));
    std::vector<Time> ready(51, kNever);
    for (Time now = machines.next(); now != kNever; now = machines.next()) {
      const std::optional<MachineEvent> event = machines.happen(now);
      if (event && event->kind == MachineEventKind::ready) ready[event->machine.value] = now;
    }
    return ready;
  };
  const std::vector<Time> sound = ready_times();
  world.machine().boot_failure_probability = 0.3;
  const std::vector<Time> faulty = ready_times();
  int failed = 0;
  for (std::size_t i = 1; i < sound.size(); ++i) {
    EXPECT_TRUE(faulty[i] == sound[i] || faulty[i] == kNever);
    failed += faulty[i] == kNever ? 1 : 0;
  }
  EXPECT_GT(failed, 3);
  EXPECT_LT(failed, 30);
}

TEST(VirtualMachines, ADryMarketTakesAllOfItsMachinesAndSellsNoneForAQuarterOfAnHour) {
  World world;
  world.machine().market = Market::spot;
  world.machine().interruptions_per_month = 30 * 24;  // one an hour
  world.machine().interrupted_together = 1;
  const Catalog catalog = Catalog::build(world.parts).value();
  VirtualMachines machines(catalog, Random(1));
  for (std::uint32_t i = 1; i <= 3; ++i) machines.launch(MachineId{i}, MachineOfferId{0}, at(0s));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(next_news(machines).kind, MachineEventKind::ready);
  const MachineEvent first = next_news(machines);
  const Time dry = machines.next();
  EXPECT_EQ(first.kind, MachineEventKind::interrupted);
  EXPECT_EQ(first.notice, 120s);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(machines.next(), dry) << "all at once";
    EXPECT_EQ(next_news(machines).kind, MachineEventKind::interrupted);
  }
  machines.launch(MachineId{4}, MachineOfferId{0}, dry + 1s);
  const MachineEvent refused = next_news(machines);
  EXPECT_EQ(refused.machine, MachineId{4});
  EXPECT_TRUE(refused.never_ran);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(machines.next(), dry + 120s);
    EXPECT_EQ(next_news(machines).kind, MachineEventKind::failed);
  }
  machines.launch(MachineId{5}, MachineOfferId{0}, dry + 15min);
  EXPECT_EQ(next_news(machines).kind, MachineEventKind::ready);
  EXPECT_EQ(machines.interruptions(), 3U);
}

}  // namespace
}  // namespace paragon::sim
