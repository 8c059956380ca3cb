#include "plan/break_even.h"

#include <gtest/gtest.h>

#include "plan/testing.h"

namespace paragon::plan {
namespace {

using namespace testing;

TEST(BreakEven, ByHand) {
  World world;
  world.add_class("any", 1s, QueryClass::strict);
  const Catalog catalog = world.catalog();
  const BreakEven even = break_even(world.needs(catalog)[0], catalog, world.settings, 0ms, true);
  EXPECT_EQ(even.variant, VariantId{1});
  // A machine is $0.0001 a second and a call $4e-7; it could do 200 a second.
  EXPECT_NEAR(even.at.value, 250, 1e-9);
  EXPECT_NEAR(even.full.value, 200, 1e-9);
  EXPECT_NEAR(even.busy, 1.25, 1e-9);
  EXPECT_FALSE(even.ever());
  EXPECT_NEAR(even.per_query_full.value, 5e-7, 1e-15);

  // At half the price it is cheaper from 125 a second on. A dearer one that does more is not
  // better as long as one machine is enough.
  world.machine().price = per_hour(0.18);
  MachineOffer large = world.machine();
  large.name = "large";
  large.vcpus = vcpus(8);
  large.price = per_hour(0.36);
  world.parts.machine_offers.push_back(large);
  const Catalog cheap = world.catalog();
  const BreakEven half = break_even(world.needs(cheap)[0], cheap, world.settings, 0ms, true);
  EXPECT_TRUE(half.ever());
  EXPECT_EQ(half.machine, MachineOfferId{0});
  EXPECT_NEAR(half.at.value, 125, 1e-9);

  // Where the small one never is, the large one that does it is the answer.
  world.machine().price = per_hour(0.36);
  const Catalog mixed = world.catalog();
  const BreakEven by_large = break_even(world.needs(mixed)[0], mixed, world.settings, 0ms, true);
  EXPECT_EQ(by_large.machine, MachineOfferId{1});
  EXPECT_NEAR(by_large.at.value, 250, 1e-9);
  EXPECT_NEAR(by_large.busy, 250.0 / 800, 1e-9);
}

TEST(BreakEven, SpotAndMissingFunctions) {
  World world;
  world.machine().market = Market::spot;
  world.add_class("any", 1s, QueryClass::strict);
  const Catalog catalog = world.catalog();
  const Need need = world.needs(catalog)[0];
  EXPECT_TRUE(break_even(need, catalog, world.settings, 0ms, true).machine.has_value());
  EXPECT_FALSE(break_even(need, catalog, world.settings, 0ms, false).machine.has_value());
  world.settings.functions = false;
  const BreakEven none = break_even(need, catalog, world.settings, 0ms, true);
  EXPECT_FALSE(none.function.has_value());
  EXPECT_FALSE(none.ever());
}

}  // namespace
}  // namespace paragon::plan
