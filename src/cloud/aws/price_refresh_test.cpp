#include "cloud/aws/price_refresh.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paragon::aws {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

MachineOffer machine(const std::string& name, Market market, double usd) {
  MachineOffer o;
  o.name = name;
  o.market = market;
  o.vcpus = vcpus(2);
  o.memory = megabytes(4096);
  o.price = per_hour(usd);
  o.provisioning_delay = {110s, 0.35};
  o.interruptions_per_month = market == Market::spot ? 0.105 : 0;
  if (market == Market::burstable) {
    o.credits_per_hour = 24;
    o.credits_max = 576;
    o.surcharge_per_vcpu_hour = per_hour(0.05);
  }
  o.source = "old";
  return o;
}

Catalog old_book() {
  Catalog::Parts parts;
  parts.machine_offers = {machine("c5.large", Market::on_demand, 0.085),
                          machine("c5.large:spot", Market::spot, 0.0377),
                          machine("t3.medium", Market::burstable, 0.0416)};
  for (const int mb : {512, 1769}) {
    FunctionOffer o;
    o.name = "lambda-" + std::to_string(mb);
    o.memory = megabytes(mb);
    o.vcpus = vcpus(mb / 1769.0);
    o.price = per_gb_second(0.00001);
    o.price_per_call = dollars(2e-7);
    o.source = "old";
    parts.function_offers.push_back(o);
  }
  auto catalog = Catalog::build(std::move(parts));
  EXPECT_TRUE(catalog) << catalog.error().message;
  return std::move(*catalog);
}

AskedPrices asked() {
  AskedPrices out;
  out.region = "eu-central-1";
  out.read = std::chrono::sys_days(std::chrono::year(2026) / 2 / 9) + 13h;
  out.spot_from = out.read - 168h;
  out.hour = {{"c5.large", {dollars(0.097), "2026-02-01"}}, {"t3.medium", {dollars(0.048), ""}}};
  out.spot_hour = {{"c5.large", {per_hour(0.04), 3}}};
  out.gb_second = price_list::ListPrice{dollars(0.0000166667), "2026-02-01"};
  out.call = price_list::ListPrice{dollars(2e-7), "2026-02-01"};
  out.provisioned = price_list::ListPrice{dollars(0.000005), "2026-02-01"};
  out.provisioned_run = price_list::ListPrice{dollars(0.0000116667), "2026-02-01"};
  return out;
}

TEST(PriceRefresh, PricesAndTheirSourcesAreNew) {
  const auto book = refresh(old_book(), asked(), "old.yaml");
  ASSERT_EQ(book.machine_offers.size(), 3u);
  EXPECT_EQ(book.machine_offers[0].price, per_hour(0.097));
  EXPECT_EQ(book.machine_offers[0].source,
            "EC2 on demand, eu-central-1, AWS Price List of 2026-02-01, read on 2026-02-09");
  EXPECT_EQ(book.machine_offers[1].price, per_hour(0.04));
  EXPECT_EQ(book.machine_offers[1].source,
            "EC2 spot, eu-central-1, median of 2026-02-02 to 2026-02-09 in 3 zones "
            "(spot price history)");
  EXPECT_EQ(book.machine_offers[2].price, per_hour(0.048));
  EXPECT_EQ(
      book.machine_offers[2].source,
      "EC2 on demand, eu-central-1, AWS Price List read on 2026-02-09; credits as in old.yaml");
  ASSERT_EQ(book.function_offers.size(), 2u);
  EXPECT_EQ(book.function_offers[1].price, per_gb_second(0.0000166667));
  EXPECT_EQ(book.function_offers[1].provisioned,
            (ProvisionedPrice{per_gb_second(0.000005), per_gb_second(0.0000116667)}));
  EXPECT_EQ(book.function_offers[1].source,
            "AWS Lambda x86_64, first tier, eu-central-1, AWS Price List of 2026-02-01, read on "
            "2026-02-09");
  EXPECT_THAT(book.left_out, IsEmpty());
}

TEST(PriceRefresh, WhereTheCreditsAreFromIsKeptThroughManyRefreshes) {
  Catalog::Parts parts;
  parts.machine_offers = {machine("t3.medium", Market::burstable, 0.0416)};
  parts.machine_offers[0].source = "EC2 on demand, of old; credits of 2023-01-19";
  const auto once = Catalog::build(parts);
  ASSERT_TRUE(once);
  parts.machine_offers = refresh(*once, asked(), "old.yaml").machine_offers;
  const auto twice = Catalog::build(parts);
  ASSERT_TRUE(twice);
  EXPECT_EQ(
      refresh(*twice, asked(), "new.yaml").machine_offers[0].source,
      "EC2 on demand, eu-central-1, AWS Price List read on 2026-02-09; credits of 2023-01-19");
}

TEST(PriceRefresh, AllElseIsKept) {
  const Catalog old = old_book();
  const auto book = refresh(old, asked(), "old.yaml");
  for (std::size_t i = 0; i < 3; ++i) {
    const MachineOffer& before = old.machine_offers()[i];
    const MachineOffer& now = book.machine_offers[i];
    EXPECT_EQ(now.name, before.name);
    EXPECT_EQ(now.market, before.market);
    EXPECT_EQ(now.provisioning_delay.median, before.provisioning_delay.median);
    EXPECT_EQ(now.interruptions_per_month, before.interruptions_per_month);
    EXPECT_EQ(now.credits_max, before.credits_max);
    EXPECT_EQ(now.surcharge_per_vcpu_hour, before.surcharge_per_vcpu_hour);
  }
}

TEST(PriceRefresh, TellsEachChangeOnceForFunctions) {
  std::vector<std::string> told;
  for (const PriceChange& one : refresh(old_book(), asked(), "old.yaml").changes)
    told.push_back(one.what + " / " + one.unit);
  EXPECT_THAT(told, ElementsAre("c5.large / hour", "c5.large:spot / hour", "t3.medium / hour",
                                "functions (x86_64) / GB-second", "functions (x86_64) / call",
                                "functions (x86_64) / GB-second kept provisioned",
                                "functions (x86_64) / GB-second run there"));
}

TEST(PriceRefresh, FunctionsThatCannotBeKeptProvisionedAreSoldAllTheSame) {
  AskedPrices prices = asked();
  prices.provisioned_run.reset();
  Catalog::Parts parts;
  parts.function_offers = old_book().function_offers();
  parts.function_offers[0].provisioned = {per_gb_second(0.000004), per_gb_second(0.00001)};
  const auto old = Catalog::build(std::move(parts));
  ASSERT_TRUE(old);
  const auto book = refresh(*old, prices, "old.yaml");
  ASSERT_EQ(book.function_offers.size(), 2u);
  EXPECT_FALSE(book.function_offers[0].provisioned) << "an old price would be left among new ones";
  EXPECT_THAT(book.left_out, ElementsAre("prices of provisioned functions are left out: the price "
                                         "list has none in eu-central-1"));
}

TEST(PriceRefresh, WhatHasNoPriceIsLeftOutWithItsReason) {
  AskedPrices prices = asked();
  prices.spot_hour.clear();
  prices.hour.erase("t3.medium");
  prices.call.reset();
  prices.unclear[kFunctions] = "two prices";
  const auto book = refresh(old_book(), prices, "old.yaml");
  ASSERT_EQ(book.machine_offers.size(), 1u);
  EXPECT_EQ(book.machine_offers[0].name, "c5.large");
  EXPECT_THAT(book.function_offers, IsEmpty());
  EXPECT_THAT(
      book.left_out,
      ElementsAre("c5.large:spot is left out: no spot price of it in eu-central-1 since 2026-02-02",
                  "t3.medium is left out: the price list has none in eu-central-1",
                  "lambda-512 is left out: two prices", "lambda-1769 is left out: two prices"));
}

TEST(PriceRefresh, AMoveByMoreThanAFactorOfTwoIsLarge) {
  EXPECT_FALSE((PriceChange{"", "", dollars(0.1), dollars(0.2)}.large()));
  EXPECT_TRUE((PriceChange{"", "", dollars(0.1), dollars(0.201)}.large()));
  EXPECT_FALSE((PriceChange{"", "", dollars(0.2), dollars(0.1)}.large()));
  EXPECT_TRUE((PriceChange{"", "", dollars(0.201), dollars(0.1)}.large()));
  EXPECT_FALSE((PriceChange{"", "", dollars(0), dollars(0.1)}.large()));
}

}  // namespace
}  // namespace paragon::aws
