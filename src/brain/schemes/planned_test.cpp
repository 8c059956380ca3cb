#include <vector>

#include "brain/journal_head.h"
#include "brain/testing.h"

namespace paragon {
namespace {

using namespace paragon::testing;

BrainSettings planned(std::vector<PlanStep> plan) {
  BrainSettings s = settings("planned");
  s.machines_min = 0;
  s.plan = std::move(plan);
  return s;
}

struct Counts {
  int bought = 0;
  int released = 0;
  int warmed = 0;
};
Counts count(Orders orders) {
  Counts counts;
  for (const Order& order : orders) {
    counts.bought += std::holds_alternative<Buy>(order) ? 1 : 0;
    counts.released += std::holds_alternative<Release>(order) ? 1 : 0;
    counts.warmed += std::holds_alternative<Warm>(order) ? 1 : 0;
  }
  return counts;
}

TEST(Planned, HasWhatThePlanSays) {
  const Catalog catalog = make_catalog();
  const MachineOfferId offer{0};
  Brain brain(catalog, planned({{t(0s), offer, 1}, {t(20s), offer, 3}, {t(40s), offer, 0}}));
  EXPECT_EQ(count(brain.tick(t(0s))).bought, 1);
  EXPECT_EQ(count(brain.tick(t(19s))).bought, 0);
  EXPECT_EQ(count(brain.tick(t(20s))).bought, 2);
  EXPECT_EQ(count(brain.tick(t(21s))).bought, 0);
  EXPECT_EQ(count(brain.tick(t(45s))).released, 3);
}

TEST(Planned, WarmsWhatThePlanSays) {
  const Catalog catalog = make_catalog();
  PlanStep step;
  step.from = t(5s);
  step.warm = {FunctionOfferId{0}, VariantId{1}, 4};
  Brain brain(catalog, planned({step}));
  EXPECT_EQ(count(brain.tick(t(4s))).warmed, 0);
  EXPECT_EQ(count(brain.tick(t(5s))).warmed, 4);
}

TEST(Planned, AQueryCountsOnAWarmFunction) {
  const Catalog catalog = make_catalog();  // 10 ms, usually at most 11; a cold start takes 240 ms
  Scene scene(catalog, planned({{t(0s), MachineOfferId{0}, 1}}));
  scene->arrive(strict(1s), t(1s));
  scene->arrive(strict(1s), t(1s));
  const Route waits = scene->arrive(relaxed(1s), t(1s));
  ASSERT_NE(as<Wait>(waits), nullptr);
  EXPECT_EQ(as<Wait>(waits)->until, t(2s - 12ms));
  // A strict one too: until its last moment a slot may become free.
  const Route short_wait = scene->arrive(strict(14ms), t(1s));
  ASSERT_NE(as<Wait>(short_wait), nullptr);
  EXPECT_EQ(as<Wait>(short_wait)->until, t(1s + 2ms));
}

TEST(Planned, WithoutMachinesNobodyWaits) {
  const Catalog catalog = make_catalog();
  Brain brain(catalog, planned({}));
  brain.tick(t(0s));
  EXPECT_NE(as<OnFunction>(brain.arrive(relaxed(5s), t(1s))), nullptr);
}

TEST(Planned, TheJournalCarriesThePlan) {
  const Catalog catalog = make_catalog();
  PlanStep warm;
  warm.from = t(7s);
  warm.warm = {FunctionOfferId{0}, VariantId{2}, 9};
  const BrainSettings before = planned({{t(3s), MachineOfferId{0}, 5}, warm});
  std::vector<std::string> lines;
  write_head(catalog, before, [&](std::string_view line) { lines.emplace_back(line); });
  std::size_t at = 0;
  std::uint64_t read = 0;
  const Result<JournalHead> head = read_head(
      [&](std::string& line) {
        if (at == lines.size()) return false;
        line = lines[at++];
        return true;
      },
      read);
  ASSERT_TRUE(head.ok()) << head.error().message;
  const std::vector<PlanStep>& plan = head->settings.plan;
  ASSERT_EQ(plan.size(), 2U);
  EXPECT_EQ(plan[0].from, t(3s));
  EXPECT_EQ(plan[0].machines, 5);
  EXPECT_FALSE(plan[0].warm.has_value());
  EXPECT_EQ(plan[1].from, t(7s));
  ASSERT_TRUE(plan[1].warm.has_value());
  EXPECT_EQ(plan[1].warm->variant, VariantId{2});
  EXPECT_EQ(plan[1].warm->environments, 9);
}

TEST(Planned, APlanMustFitTheCatalog) {
  const Catalog catalog = make_catalog();
  PlanStep warm;
  warm.warm = {FunctionOfferId{7}, VariantId{0}, 1};
  EXPECT_FALSE(check(planned({warm}), catalog));
  EXPECT_FALSE(check(planned({{t(0s), MachineOfferId{7}, 1}}), catalog));
  EXPECT_TRUE(check(planned({{t(0s), MachineOfferId{0}, 1}}), catalog));
}

}  // namespace
}  // namespace paragon
