// What the improved scheme buys, on loads whose economics can be worked out by hand.
//
// A machine runs two queries of the medium variant at once, 10 ms each: 200 a second. The same work
// done by functions costs 200 x ($0.0000166667 x 0.01 s + $0.0000002) = $0.0000733 a second.
#include <map>

#include "brain/testing.h"

namespace paragon {
namespace {

using namespace testing;

Catalog priced(double usd_per_second) {
  const Catalog plain = make_catalog();
  Catalog::Parts parts;
  parts.tasks = plain.tasks();
  for (Task& task : parts.tasks) task.variants.clear();
  parts.variants = plain.variants();
  for (std::uint32_t v = 0; v < parts.variants.size(); ++v) {
    parts.profiles.push_back(plain.profile(VariantId{v}));
  }
  parts.machine_offers = plain.machine_offers();
  parts.machine_offers[0].price = per_hour(usd_per_second * 3600);
  parts.function_offers = plain.function_offers();
  Result<Catalog> catalog = Catalog::build(std::move(parts));
  EXPECT_TRUE(catalog.ok());
  return std::move(*catalog);
}

class Market {
 public:
  explicit Market(double usd_per_second, bool functions = true, Tuning tuning = {})
      : catalog_(priced(usd_per_second)) {
    BrainSettings s = settings("newsvendor");
    s.machines_min = 0;
    s.tuning = std::move(tuning);
    scheme_ = make_scheme(s);
    view_.functions = functions;
  }

  // So many seconds, with the rate that `rate` gives for each.
  template <class RateOf>
  int after(int seconds_long, RateOf rate) {
    for (int i = 0; i < seconds_long; ++i, ++second_) {
      const int n = rate(second_);
      for (int q = 0; q < n; ++q) monitor_.record(VariantId{1}, VariantId{1}, view_.now + q * 1us);
      view_.now += 1s;
      monitor_.advance(view_.now);
      wanted_ = scheme_->decide(view_);
    }
    return wanted_.machines.front().machines;
  }
  int environments() const {
    int sum = 0;
    for (const WarmTarget& target : wanted_.warm) sum += target.environments;
    return sum;
  }
  Overflow overflow(QueryClass c) { return scheme_->overflow({c, false}, view_); }

 private:
  Catalog catalog_;
  Monitor monitor_{3};
  Forecast forecast_;
  std::vector<MachineCount> counts_{MachineCount{MachineOfferId{0}}};
  std::vector<double> work_{0.005};
  std::vector<double> share_{0.5};
  std::vector<Time> blocked_{Time{}};
  View view_{.now = {},
             .catalog = catalog_,
             .load = monitor_,
             .forecast = forecast_,
             .machines = counts_,
             .work_per_query = work_,
             .share_per_query = share_,
             .blocked_until = blocked_,
             .cheapest = MachineOfferId{0},
             .provisioning = 10s,
             .machines_min = 0,
             .machines_max = 64};
  std::unique_ptr<Scheme> scheme_;
  Wanted wanted_;
  int second_ = 0;
};

int steady_500(int) { return 500; }  // two and a half machines' worth

TEST(Newsvendor, BuysTheMachineThatIsBusyOftenEnough) {
  // The third machine would be busy half the time: worth $0.0000367 a second.
  EXPECT_EQ(Market(0.000036).after(60, steady_500), 3);
  EXPECT_EQ(Market(0.000038).after(60, steady_500), 2);
}

TEST(Newsvendor, BuysNothingWhereFunctionsAreCheaper) {
  Market market(0.000074);
  EXPECT_EQ(market.after(60, steady_500), 0);
  EXPECT_EQ(market.overflow(QueryClass::relaxed), Overflow::function_now);
  EXPECT_EQ(Market(0.000036).after(60, [](int) { return 50; }), 0);  // a quarter of a machine
}

TEST(Newsvendor, HasMachinesForTheRareNeedWhereThereAreNoFunctions) {
  // 300 a second, and every tenth stretch of ten seconds 900.
  const auto rate = [](int s) { return s % 100 < 10 ? 900 : 300; };
  EXPECT_EQ(Market(0.00003, true).after(599, rate), 2);
  EXPECT_EQ(Market(0.00003, false).after(599, rate), 5);
}

TEST(Newsvendor, FollowsAJumpWithinSecondsAndForgetsItNoFasterThanAHoldTime) {
  Market market(0.00003);
  EXPECT_EQ(market.after(600, steady_500), 3);
  // The advisors with a short memory were right about the jump, so they are heard.
  EXPECT_GE(market.after(45, [](int) { return 2000; }), 9);
  EXPECT_GE(market.after(20, steady_500), 9);
  EXPECT_LE(market.after(120, steady_500), 4);
}

TEST(Newsvendor, ListensToTheLongMemoryWhenTheLoadOnlyFlickers) {
  // Bursts of 20 s at four times the rate, too short to be worth a boot: 3 of 10 stretches.
  const auto rate = [](int s) { return (s / 20) % 10 < 3 ? 1200 : 300; };
  Market market(0.00003);
  market.after(1200, rate);
  std::map<int, int> seen;
  for (int i = 0; i < 400; ++i) ++seen[market.after(1, rate)];
  // Never to and fro over the whole range, as a short memory would.
  EXPECT_LE(seen.rbegin()->first - seen.begin()->first, 4);
}

TEST(Newsvendor, LetsStrictQueriesWaitTooWhileAMachineIsThere) {
  Market market(0.00003);
  market.after(60, steady_500);
  EXPECT_EQ(market.overflow(QueryClass::strict), Overflow::wait_for_warm);
  EXPECT_EQ(market.overflow(QueryClass::relaxed), Overflow::wait_for_warm);
}

TEST(Newsvendor, CountsOnNoWarmEnvironmentWhereNoneIsKept) {
  Market market(0.00003, true, {{"warm", 0}});
  market.after(60, steady_500);
  EXPECT_EQ(market.overflow(QueryClass::relaxed), Overflow::wait_for_deadline);
}

TEST(Newsvendor, KeepsEnvironmentsWarmForAMultipleOfTheLoad) {
  Market market(0.00003);
  market.after(60, steady_500);  // 5 calls at once if functions served it all
  EXPECT_GE(market.environments(), 20);
  EXPECT_LE(market.environments(), 40);
  Market without(0.00003, true, {{"warm", 0}});
  without.after(60, steady_500);
  EXPECT_EQ(without.environments(), 0);
}

}  // namespace
}  // namespace paragon
