// What is written as a price book, and whether it comes back.
#include "catalog/price_book.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "base/random.h"
#include "base/temporary_folder.h"
#include "catalog/load.h"

namespace paragon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// All that an offer holds: a field that is added and not written must be added here too.
auto all_of(const MachineOffer& o) {
  return std::tuple(o.name, o.market, o.vcpus, o.speed, o.memory, o.price, o.minimum_billed,
                    o.billing_step, o.provisioning_delay.median, o.provisioning_delay.sigma,
                    o.no_capacity_probability, o.boot_failure_probability,
                    o.interruptions_per_month, o.interruption_notice, o.interrupted_together,
                    o.credits_per_hour, o.credits_max, o.credits_at_launch,
                    o.surcharge_per_vcpu_hour, o.source);
}
auto all_of(const FunctionOffer& o) {
  return std::tuple(o.name, o.memory, o.vcpus, o.speed, o.price, o.price_per_call, o.provisioned,
                    o.billing_step, o.cold_start.median, o.cold_start.sigma, o.keep_alive,
                    o.concurrency_limit, o.burst_limit, o.burst_growth_per_minute,
                    o.payload_bytes_max, o.source);
}

Result<Catalog> written_and_read(const PriceBook& book) {
  const TemporaryFolder folder;
  return load_catalog(folder.write("book.yaml", price_book_text(book)));
}

void expect_same(const PriceBook& book) {
  const auto read = written_and_read(book);
  ASSERT_TRUE(read) << read.error().message << "\n" << price_book_text(book);
  ASSERT_EQ(read->machine_offers().size(), book.machine_offers.size());
  ASSERT_EQ(read->function_offers().size(), book.function_offers.size());
  for (std::size_t i = 0; i < book.machine_offers.size(); ++i)
    EXPECT_TRUE(all_of(read->machine_offers()[i]) == all_of(book.machine_offers[i]))
        << "machine offer " << i << " of\n"
        << price_book_text(book);
  for (std::size_t i = 0; i < book.function_offers.size(); ++i)
    EXPECT_TRUE(all_of(read->function_offers()[i]) == all_of(book.function_offers[i]))
        << "function offer " << i << " of\n"
        << price_book_text(book);
}

// Often what it is by default, often what others have, now and then anything.
double drawn(Random& random, double unsaid, double common, double most) {
  const double which = random.uniform();
  return which < 0.4 ? unsaid : which < 0.7 ? common : random.uniform() * most;
}
Duration drawn(Random& random, Duration unsaid, Duration common) {
  const double which = random.uniform();
  return which < 0.4   ? unsaid
         : which < 0.7 ? common
                       : Duration(1 + static_cast<std::int64_t>(random.uniform() * 1e13));
}
std::string drawn_source(Random& random) {
  const char* const sources[] = {"list of 2026-02-01", "it's \"quoted\": # no comment",
                                 "two\nlines",         "a\\b",
                                 "- {x: 1}",           "null"};
  return random.chance(0.2) ? "" : sources[static_cast<int>(random.uniform() * 6)];
}

MachineOffer machine(Random& random, int number) {
  MachineOffer o;
  const Market markets[] = {Market::on_demand, Market::spot, Market::burstable};
  o.market = markets[static_cast<int>(random.uniform() * 3)];
  o.name = fmt::format("{}{}", number, o.market == Market::spot ? ".large:spot" : "m5.large");
  o.vcpus = vcpus(drawn(random, 2, 4, 64) + 0.001);
  o.speed = drawn(random, 1, 0.1, 5) + 1e-9;
  o.memory = megabytes(1 + static_cast<std::int64_t>(drawn(random, 4095, 3839, 1e6)));
  o.price = per_hour(drawn(random, 0.1, 1.0 / 3, 100));
  o.minimum_billed = drawn(random, 60s, 3600s);
  o.billing_step = drawn(random, 1s, 3600s);
  o.provisioning_delay = {drawn(random, 90s, 110s), drawn(random, 0, 0.35, 3)};
  o.no_capacity_probability = drawn(random, 0, 0.1, 1);
  o.boot_failure_probability = drawn(random, 0, 0.01, 1);
  o.interruptions_per_month = drawn(random, 0, 0.105, 30);
  o.interruption_notice = drawn(random, 120s, 30s);
  o.interrupted_together = drawn(random, 0, 1, 1);
  if (o.market == Market::burstable) {
    o.credits_per_hour = drawn(random, 24, 12, 60 * o.vcpus.value);
    o.credits_max = drawn(random, 0, 576, 1e4);
    if (random.chance(0.5)) o.surcharge_per_vcpu_hour = per_hour(drawn(random, 0, 0.05, 1));
  } else {
    o.credits_max = drawn(random, 0, 0, 1e3);
  }
  o.credits_at_launch = std::min(o.credits_max, drawn(random, 0, 60, 1e4));
  o.source = drawn_source(random);
  return o;
}

FunctionOffer function(Random& random, int number) {
  FunctionOffer o;
  o.name = fmt::format("lambda-{}", number);
  o.memory = megabytes(1 + static_cast<std::int64_t>(drawn(random, 128, 1769, 10239)));
  o.vcpus = vcpus(static_cast<double>(o.memory.value) / 1769);
  if (random.chance(0.3)) o.vcpus = vcpus(0.5);
  o.speed = drawn(random, 1, 0.1, 5) + 1e-9;
  o.price = per_gb_second(drawn(random, 0.0000166667, 0.0000133334, 1e-4));
  o.price_per_call = dollars(drawn(random, 2e-7, 1e-13, 1e-6));
  if (random.chance(0.7)) {
    o.provisioned = {per_gb_second(drawn(random, 0.0000041667, 0, 1e-4)),
                     per_gb_second(drawn(random, 0.0000097222, 0, 1e-4))};
  }
  o.billing_step = std::min<Duration>(drawn(random, 1ms, 100ms), 1h);
  o.cold_start = {drawn(random, 1200ms, 2s), drawn(random, 0, 0.4, 3)};
  o.keep_alive = drawn(random, 5min, 7min);
  o.concurrency_limit = static_cast<int>(drawn(random, 1000, 10, 1e5)) + 1;
  o.burst_limit = static_cast<int>(drawn(random, 0, 3000, 1e5));
  o.burst_growth_per_minute = drawn(random, 500, 1000, 1e5);
  o.payload_bytes_max = 1 + static_cast<std::int64_t>(drawn(random, 6291455, 1e6, 1e8));
  o.source = drawn_source(random);
  return o;
}

TEST(PriceBook, ComesBackAsItWasToTheLastDigit) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    PriceBook book{"head", "text: of 'a' book", {}, {}};
    const int machines = static_cast<int>(random.uniform() * 8);
    for (int i = 0; i < machines; ++i) book.machine_offers.push_back(machine(random, i));
    const int functions = machines == 0 ? 1 : static_cast<int>(random.uniform() * 5);
    for (int i = 0; i < functions; ++i) book.function_offers.push_back(function(random, i));
    expect_same(book);
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST(PriceBook, TheShippedOneComesBack) {
  const auto shipped =
      load_catalog(std::string(PARAGON_SOURCE_DIR) + "/data/prices/aws-us-east-1.yaml");
  ASSERT_TRUE(shipped) << shipped.error().message;
  expect_same({"", "", shipped->machine_offers(), shipped->function_offers()});
}

TEST(PriceBook, SaysOnceWhatMostOffersShare) {
  MachineOffer small;
  small.name = "c5.large";
  small.vcpus = vcpus(2);
  small.memory = megabytes(3840);
  small.price = per_hour(0.085);
  small.provisioning_delay = {90s, 0.2};
  small.source = "a list";
  MachineOffer spot = small;
  spot.name = "c5.large:spot";
  spot.market = Market::spot;
  spot.provisioning_delay = {110s, 0.2};
  MachineOffer large = small;
  large.name = "c5.xlarge";
  EXPECT_EQ(price_book_text({"From here.\n\nAnd there.", "A book.", {small, large, spot}, {}}),
            R"(# From here.
#
# And there.
paragon: 1
description: 'A book.'

machine_offers_defaults:
  provisioning_delay_s: 90
  provisioning_delay_sigma: 0.2
  source: 'a list'

machine_offers:
  # On demand
  - {name: c5.large, vcpus: 2, memory_gib: 3.75, price_usd_per_hour: 0.085}
  - {name: c5.xlarge, vcpus: 2, memory_gib: 3.75, price_usd_per_hour: 0.085}
  # Spot
  - {name: 'c5.large:spot', market: spot, vcpus: 2, memory_gib: 3.75, price_usd_per_hour: 0.085,
     provisioning_delay_s: 110}
)");
}

// An offer cannot take back what its list says for all, so an absent source makes none for all.
TEST(PriceBook, WhatOneOfferLacksIsNoDefault) {
  FunctionOffer told;
  told.name = "lambda-1769mb";
  told.memory = megabytes(1769);
  told.vcpus = vcpus(1);
  told.price = per_gb_second(0.0000166667);
  told.source = "a list";
  FunctionOffer untold = told;
  untold.name = "lambda-3538mb";
  untold.memory = megabytes(3538);
  untold.vcpus = vcpus(2);
  untold.source = "";
  const PriceBook book{"", "", {}, {told, told, untold}};
  const std::string text = price_book_text(book);
  EXPECT_THAT(text, Not(HasSubstr("  source:")));
  EXPECT_THAT(text, HasSubstr("memory_mb: 1769, source: 'a list'}"));
  EXPECT_THAT(text, HasSubstr("  price_usd_per_gb_second: 0.0000166667\n"));
}

TEST(PriceBook, NoLineOfOffersIsWiderThanAScreen) {
  Random random(3);
  PriceBook book;
  for (int i = 0; i < 40; ++i) book.machine_offers.push_back(machine(random, i));
  const std::string text = price_book_text(book);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    EXPECT_LE(end - at, 101u) << text.substr(at, end - at);
    at = end + 1;
  }
}

}  // namespace
}  // namespace paragon
