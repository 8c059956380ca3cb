// Environments that the cloud keeps provisioned: what they cost, and where queries go because of
// them.
#include "brain/replay_lines.h"
#include "brain/testing.h"

namespace paragon {
namespace {

using namespace testing;

constexpr FunctionOfferId kFunction{0};
constexpr VariantId kMedium{1};

// The function's GB-second at $0.00001, kept at $0.000004 and run there at $0.000006; a call is
// $0.0000002. It has 1,024 MB.
Catalog catalog_of(const World& world = {}) {
  Catalog::Parts parts = make_catalog(world).parts();
  for (FunctionOffer& offer : parts.function_offers) {
    offer.price = per_gb_second(0.00001);
    offer.provisioned = {per_gb_second(0.000004), per_gb_second(0.000006)};
  }
  return Catalog::build(std::move(parts)).value();
}

BrainSettings functions_alone() {
  BrainSettings s = settings();
  s.machines_min = s.machines_max = 0;
  return s;
}

// Two for five minutes and a second, then three: 600 s of two, and so far 300 s of three.
TEST(Provisioned, IsPaidForInWholeStepsOfFiveMinutes) {
  const Catalog catalog = catalog_of();
  Meter meter(catalog);
  meter.functions_kept({kFunction, kMedium, 2, 0}, t(0s));
  EXPECT_EQ(meter.bill(t(0s)).functions, dollars(0));
  EXPECT_NEAR(meter.bill(t(1s)).functions.value, 2 * 300 * 0.000004, 1e-12);
  meter.functions_kept({kFunction, kMedium, 2, 2}, t(100s));  // they are ready: nothing else
  const Meter::KeptBefore before = meter.functions_kept({kFunction, kMedium, 3, 2}, t(301s));
  EXPECT_EQ(before.environments, 2);
  EXPECT_EQ(before.ahead, 299s);
  const Bill bill = meter.bill(t(302s));
  EXPECT_NEAR(bill.keeping.value, (2 * 600 + 3 * 300) * 0.000004, 1e-12);
  EXPECT_EQ(bill.keeping, bill.functions);
  EXPECT_EQ(bill.total(), bill.functions);
  meter.functions_kept({kFunction, kMedium, 0, 0}, t(601s));
  EXPECT_EQ(meter.bill(t(10'000s)).keeping, bill.keeping);
  EXPECT_EQ(meter.functions(t(10'000s))[0].kept,
            MbMillis{{std::int64_t{1024} * 1000 * (2 * 600 + 3 * 300)}});
}

TEST(Provisioned, CallsThatRunThereCostLess) {
  const Catalog catalog = catalog_of();
  const FunctionOffer& offer = catalog.offer(kFunction);
  EXPECT_NEAR(call_price(offer, 10ms).value, 0.01 * 0.00001 + 2e-7, 1e-15);
  EXPECT_NEAR(call_price(offer, 10ms, true).value, 0.01 * 0.000006 + 2e-7, 1e-15);
  Meter meter(catalog);
  meter.function_served(kFunction, kMedium, {10ms, true, false});
  meter.function_served(kFunction, kMedium, {20ms, false, true});
  meter.function_warmed(kFunction, {1ms, false, true});
  EXPECT_NEAR(meter.bill(t(1s)).functions.value, 0.01 * 0.00001 + 0.021 * 0.000006 + 3 * 2e-7,
              1e-15);
  EXPECT_EQ(meter.bill(t(1s)).keeping, dollars(0));
  const FunctionUsage usage = meter.functions(t(1s))[0];
  EXPECT_EQ(usage.calls, 3U);
  EXPECT_EQ(usage.provisioned_calls, 2U);
  EXPECT_EQ(usage.cold, 1U);
}

TEST(Provisioned, AQueryThatFindsOneMeetsNoColdStartHoweverLongAgoTheLastWas) {
  const Catalog catalog = catalog_of();
  Brain brain(catalog, functions_alone());
  brain.provisioned({kFunction, kMedium, 1, 0}, t(0s));
  const Route early = brain.arrive(strict(5s), t(1s));
  ASSERT_TRUE(as<OnFunction>(early));
  EXPECT_TRUE(as<OnFunction>(early)->cold) << "it is kept and paid for, but not yet ready";
  brain.finish(early.query, {early.decision, Ending::lost, {}, false, {}}, t(2s));

  brain.provisioned({kFunction, kMedium, 1, 1}, t(60s));
  const Route first = brain.arrive(strict(5s), t(10'000s));
  const Route second = brain.arrive(strict(5s), t(10'000s));
  ASSERT_TRUE(as<OnFunction>(first) && as<OnFunction>(second));
  EXPECT_FALSE(as<OnFunction>(first)->cold);
  EXPECT_NEAR(first.predicted_cost.value, 0.01 * 0.000006 + 2e-7, 1e-15);
  EXPECT_TRUE(as<OnFunction>(second)->cold) << "one is kept, and it is busy";
  EXPECT_NEAR(second.predicted_cost.value, 0.01 * 0.00001 + 2e-7, 1e-15);

  brain.finish(first.query, {first.decision, Ending::answered, 10ms, false, 10ms, true},
               t(10'000s) + 10ms);
  brain.finish(second.query, {second.decision, Ending::answered, 10ms, true, 10ms}, t(10'001s));
  // Long after the other one has expired.
  EXPECT_FALSE(as<OnFunction>(brain.arrive(strict(5s), t(20'000s)))->cold);
  brain.provisioned({kFunction, kMedium, 0, 0}, t(30'000s));
  EXPECT_TRUE(as<OnFunction>(brain.arrive(strict(5s), t(30'000s)))->cold);
  EXPECT_EQ(brain.meter().functions(t(30'000s))[0].provisioned_calls, 1U);
}

// The prediction was wrong: another caller had it, say.
TEST(Provisioned, WhatAnsweredElsewhereIsWarmThere) {
  const Catalog catalog = catalog_of();
  Brain brain(catalog, functions_alone());
  brain.provisioned({kFunction, kMedium, 1, 1}, t(0s));
  const Route route = brain.arrive(strict(5s), t(1s));
  brain.finish(route.query, {route.decision, Ending::answered, 10ms, true, 10ms, false}, t(2s));
  EXPECT_FALSE(as<OnFunction>(brain.arrive(strict(5s), t(3s)))->cold) << "the kept one";
  EXPECT_FALSE(as<OnFunction>(brain.arrive(strict(5s), t(3s)))->cold) << "the one that was started";
  EXPECT_TRUE(as<OnFunction>(brain.arrive(strict(5s), t(3s)))->cold);
}

class KeepsTwoWarm final : public Scheme {
 public:
  Wanted decide(const View&) override { return {{}, warm_}; }
  Overflow overflow(const Overflowing&, const View&) const override {
    return Overflow::function_now;
  }

 private:
  std::vector<WarmTarget> warm_{{kFunction, kMedium, 2}};
};

TEST(Provisioned, WhatIsKeptNeedsNoCallToStayWarm) {
  const Catalog catalog = catalog_of();
  const auto scheme = [](const BrainSettings&) { return std::make_unique<KeepsTwoWarm>(); };
  Brain brain(catalog, functions_alone(), scheme);
  brain.provisioned({kFunction, kMedium, 2, 2}, t(0s));
  EXPECT_TRUE(brain.tick(t(1s)).empty());
  brain.provisioned({kFunction, kMedium, 1, 1}, t(10s));
  EXPECT_EQ(brain.tick(t(11s)).size(), 2U) << "one of the calls meets the one that is kept";
}

TEST(Provisioned, CountsTowardsTheBudget) {
  const Catalog catalog = catalog_of();
  const Provisioned two{kFunction, kMedium, 2};
  EXPECT_NEAR(keeping_price(catalog, two).value, 2 * 3600 * 0.000004, 1e-12);
  BrainSettings s = functions_alone();
  s.budget_per_hour = dollars(0.03);  // an hour, and a step of it begun, costs 0.0312
  EXPECT_FALSE(check(s, catalog, {two}));
  s.budget_per_hour = dollars(0.032);
  ASSERT_TRUE(check(s, catalog, {two}));
  s.functions = false;
  EXPECT_FALSE(check(s, catalog, {two}));
  s.functions = true;

  Brain brain(catalog, s);
  brain.provisioned({kFunction, kMedium, 2, 2}, t(0s));
  EXPECT_NEAR(brain.status(t(1800s)).spent_this_hour.value, 1800 * 2 * 0.000004, 1e-12);
  // What is left of the hour is promised to them: 0.0032 and no more, at up to 1 s x 0.00001 a
  // call.
  int calls = 0;
  while (as<OnFunction>(brain.arrive(strict(5s), t(1800s)))) ++calls;
  EXPECT_NEAR(calls, 320, 20);
  brain.provisioned({kFunction, kMedium, 0, 0}, t(1801s));
  EXPECT_NEAR(brain.status(t(1801s)).spent_this_hour.value, 2100 * 2 * 0.000004, 1e-12)
      << "a step that was begun is paid for";
  EXPECT_TRUE(as<OnFunction>(brain.arrive(strict(5s), t(1801s))));
}

TEST(Provisioned, AJournalWithItReplays) {
  const Catalog catalog = catalog_of();
  std::vector<std::string> journal;
  Recorded brain(catalog, functions_alone(),
                 [&](std::string_view line) { journal.emplace_back(line); });
  brain.provisioned({kFunction, kMedium, 1, 1}, t(0s));
  const Route first = brain.arrive(strict(5s), t(1s));
  const Route second = brain.arrive(strict(5s), t(1s));
  brain.finish(first.query, {first.decision, Ending::answered, 10ms, false, 10ms, true}, t(2s));
  brain.finish(second.query, {second.decision, Ending::answered, 10ms, true, 10ms}, t(2s));
  brain.arrive(strict(5s), t(9999s));
  const auto has = [&](const std::string& part) {
    return std::count_if(journal.begin(), journal.end(), [&](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  };
  EXPECT_EQ(has("provisioned function=0 variant=1 kept=1 ready=1"), 1);
  EXPECT_EQ(has("provisioned=1"), 1) << "said only of who ran there";
  const auto report = replay_lines(journal);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->differences, 0U) << report->first_difference;
  EXPECT_EQ(report->inputs, 6U);
}

TEST(Provisioned, NamesAreFoundOrComplainedOf) {
  const Catalog catalog = catalog_of({.concurrency_limit = 5});
  const auto good = find_provisioned(catalog, {{"function0", {{"medium", 2}, {"small", 1}}}});
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_EQ(*good,
            (std::vector<Provisioned>{{kFunction, VariantId{0}, 1}, {kFunction, kMedium, 2}}));
  const auto wrong = [&](const ProvisionedNames& names, const Catalog& of) {
    const auto found = find_provisioned(of, names);
    return found ? std::string() : found.error().message;
  };
  EXPECT_EQ(wrong({{"f", {{"medium", 1}}}}, catalog), "f: the catalog has no such function offer");
  EXPECT_EQ(wrong({{"function0", {{"m", 1}}}}, catalog),
            "function0/m: the catalog has no such variant");
  EXPECT_EQ(
      wrong({{"function0", {{"medium", 6}}}}, catalog),
      "function0/medium: got 6 environments, expected 1 to the offer's concurrency_limit of 5");
  EXPECT_EQ(wrong({{"function0", {{"medium", 3}, {"small", 3}}}}, catalog),
            "function0: 6 environments in all, over the offer's concurrency_limit of 5");
  EXPECT_NE(wrong({{"function0", {{"medium", 1}}}}, make_catalog()).find("has no price for it"),
            std::string::npos);
}

}  // namespace
}  // namespace paragon
