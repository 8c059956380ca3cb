#include "plan/fleet_search.h"

#include <gtest/gtest.h>

#include "plan/testing.h"

namespace paragon::plan {
namespace {

using namespace testing;

// Two offers beside the world's: one of half its size, and its own type from the spot market.
struct Offers : World {
  Offers() {
    MachineOffer small = machine();
    small.name = "small";
    small.vcpus = vcpus(1);
    small.price = per_hour(0.19);
    MachineOffer spot = machine();
    spot.name = "spot";
    spot.market = Market::spot;
    spot.price = per_hour(0.12);
    parts.machine_offers.push_back(small);
    parts.machine_offers.push_back(spot);
    add_class("relaxed", 10s, QueryClass::relaxed);
  }
};

std::vector<FleetChoice> search(const Offers& world, const Catalog& catalog, double rate,
                                const FleetLimits& limits, std::size_t count = 8) {
  const std::vector<LoadLevel> steady{{per_second(rate), 1}};
  return cheapest_fleets(world.model(catalog), catalog, steady, limits, count);
}

TEST(FleetSearch, FindsWhatBruteForceFinds) {
  const Offers world;
  const Catalog catalog = world.catalog();
  const SteadyModel model = world.model(catalog);
  for (const double rate : {5.0, 90.0, 330.0, 610.0}) {
    double least = 1e9;
    for (int a = 0; a <= 8; ++a) {
      for (int b = 0; b <= 8; ++b) {
        for (int c = 0; c <= 8; ++c) {
          if ((a > 0) + (b > 0) + (c > 0) > 2) continue;
          Fleet fleet;
          if (a > 0) fleet.push_back({MachineOfferId{0}, a});
          if (b > 0) fleet.push_back({MachineOfferId{1}, b});
          if (c > 0) fleet.push_back({MachineOfferId{2}, c});
          least = std::min(least, model.expect(fleet, per_second(rate)).total().value);
        }
      }
    }
    const auto found = search(world, catalog, rate, {});
    ASSERT_FALSE(found.empty());
    EXPECT_NEAR(found.front().expected.total().value, least, 1e-12) << rate;
    for (std::size_t i = 1; i < found.size(); ++i) {
      EXPECT_LE(found[i - 1].expected.total(), found[i].expected.total());
    }
  }
}

TEST(FleetSearch, KeepsToItsLimits) {
  const Offers world;
  const Catalog catalog = world.catalog();
  const auto on_demand = search(world, catalog, 330, {.allowed = [](const MachineOffer& offer) {
                                  return offer.market == Market::on_demand;
                                }});
  for (const FleetChoice& choice : on_demand) {
    for (const auto& part : choice.fleet) EXPECT_NE(part.offer, MachineOfferId{2});
  }
  for (const FleetChoice& choice : search(world, catalog, 330, {.machines_max = 1})) {
    EXPECT_LE(machines_in(choice.fleet), 1);
  }
  const auto half = search(world, catalog, 700, {.spot_share_most = 0.5});
  ASSERT_EQ(half.front().fleet.size(), 2U) << text_of(half.front().fleet, catalog);
  EXPECT_EQ(text_of(half.front().fleet, catalog), "2 x machine + 2 x spot");
}

TEST(FleetSearch, WithoutFunctionsItBuysUntilNobodyMisses) {
  Offers world;
  world.settings.functions = false;
  world.classes[0].constraints.max_latency = 30ms;
  const Catalog catalog = world.catalog();
  const auto found = search(world, catalog, 330, {.missed_most = 0.01});
  EXPECT_LE(found.front().expected.missed, 0.01);
  EXPECT_GT(found.front().expected.busy, 0.4);
  // And when none is good enough it says which is nearest.
  const auto none = search(world, catalog, 330, {.machines_max = 1, .missed_most = 0.01});
  EXPECT_GT(none.front().expected.missed, 0.01);
  EXPECT_EQ(machines_in(none.front().fleet), 1);
}

}  // namespace
}  // namespace paragon::plan
