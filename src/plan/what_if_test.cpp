#include "plan/what_if.h"

#include <gtest/gtest.h>

#include "plan/testing.h"

namespace paragon::plan {
namespace {

using namespace testing;

Catalog with(const char* text) {
  World world;
  world.machine().market = Market::burstable;
  world.machine().surcharge_per_vcpu_hour = per_hour(0.05);
  MachineOffer spot = world.machine();
  spot.name = "spot";
  spot.market = Market::spot;
  spot.surcharge_per_vcpu_hour.reset();
  world.parts.machine_offers.push_back(spot);
  return changed(world.catalog(), what_if_of(text).value()).value();
}

TEST(WhatIf, ChangesOneThing) {
  const MachineOfferId machine{0}, spot{1};
  const FunctionOfferId function{0};
  EXPECT_DOUBLE_EQ(with("spot_price=2x").offer(spot).price.value, 0.72);
  EXPECT_DOUBLE_EQ(with("spot_price=2x").offer(machine).price.value, 0.36);
  EXPECT_DOUBLE_EQ(with("on_demand_price=0.5x").offer(machine).price.value, 0.18);
  EXPECT_DOUBLE_EQ(with("on_demand_price=0.5x").offer(machine).surcharge_per_vcpu_hour->value,
                   0.025);
  EXPECT_DOUBLE_EQ(with("on_demand_price=0.5x").offer(spot).price.value, 0.36);
  EXPECT_DOUBLE_EQ(with("machine_price=2x").offer(spot).price.value, 0.72);
  EXPECT_DOUBLE_EQ(with("function_price=3x").offer(function).price_per_call.value, 6e-7);
  EXPECT_EQ(with("provisioning_delay=200s").offer(spot).provisioning_delay.median, 200s);
  EXPECT_EQ(with("provisioning_delay=2x").offer(spot).provisioning_delay.median, 20s);
  EXPECT_EQ(with("cold_start=5s").offer(function).cold_start.median, 5s);
  EXPECT_EQ(with("service_time=2x").profile(VariantId{1}).service_p50, 20ms);
  EXPECT_EQ(with("service_time=2x").profile(VariantId{1}, machine).service_p50, 20ms);
  EXPECT_DOUBLE_EQ(with("load=2x").offer(machine).price.value, 0.36);
  EXPECT_DOUBLE_EQ(what_if_of("load=2x").value().factor, 2);
}

TEST(WhatIf, RefusesWhatItDoesNotKnow) {
  for (const char* text : {"", "spot_price", "spot_price=", "spot_price=2", "spot_price=twox",
                           "spot_price=2xx", "spot_price=0x", "spot_price=-1x", "spot_price=nanx",
                           "spot_price=1e9x", "spot_price=200s", "load=10s", "weather=2x", "=2x",
                           "provisioning_delay=-1s", "provisioning_delay=1e9s", "cold_start=5m"}) {
    const auto refused = what_if_of(text);
    ASSERT_FALSE(refused.ok()) << text;
    EXPECT_NE(refused.error().message.find(std::string("'") + text + "'"), std::string::npos);
    EXPECT_NE(refused.error().message.find("provisioning_delay"), std::string::npos);
  }
  EXPECT_EQ(usual_what_ifs(true).size(), 4U);
  EXPECT_EQ(usual_what_ifs(false).size(), 3U);
}

}  // namespace
}  // namespace paragon::plan
