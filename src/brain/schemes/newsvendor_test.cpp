// What the improved scheme buys, on loads whose economics can be worked out by hand.
//
// A machine runs two queries of the medium variant at once, 10 ms each: 200 a second. The same work
// done by functions costs 200 x ($0.0000166667 x 0.01 s + $0.0000002) = $0.0000733 a second.
#include <gmock/gmock.h>

#include <map>

#include "brain/schemes/testing.h"

namespace paragon {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

Catalog priced(double usd_per_second) {
  Catalog::Parts parts = make_catalog().parts();
  parts.machine_offers[0].price = per_hour(usd_per_second * 3600);
  Result<Catalog> catalog = Catalog::build(std::move(parts));
  EXPECT_TRUE(catalog.ok());
  return std::move(*catalog);
}

class Market {
 public:
  explicit Market(double usd_per_second, bool functions = true, Tuning tuning = {})
      : sight_(priced(usd_per_second), 10s) {
    BrainSettings s = settings("newsvendor");
    s.machines_min = 0;
    s.tuning = std::move(tuning);
    scheme_ = make_scheme(s);
    sight_.view.functions = functions;
  }

  // So many seconds, with the rate that `rate` gives for each.
  template <class RateOf>
  int after(int seconds_long, RateOf rate) {
    for (int i = 0; i < seconds_long; ++i, ++second_) {
      sight_.second(rate(second_));
      wanted_ = scheme_->decide(sight_.view);
    }
    return wanted_.machines.front().machines;
  }
  int environments() const {
    int sum = 0;
    for (const WarmTarget& target : wanted_.warm) sum += target.environments;
    return sum;
  }
  std::string why() const { return scheme_->why(sight_.view); }
  Overflow overflow(QueryClass c) { return scheme_->overflow({c, false}, sight_.view); }

 private:
  Sight sight_;
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

TEST(Newsvendor, SaysWhatAMachineCostsWhatFunctionsDoAndHowBusyItWouldBe) {
  Market market(0.000036);
  market.after(60, steady_500);
  EXPECT_THAT(market.why(), AllOf(HasSubstr("$0.13 / $0.264 an hour = 49.1 %"),
                                  HasSubstr("last 30 s: 3 (busy: machine 3 50 %, machine 4 0 %)"),
                                  HasSubstr("last 600 s, 60 known: 3"), HasSubstr(": 3, so 3;")));
  Market alone(0.000036, false);
  alone.after(60, steady_500);
  EXPECT_THAT(alone.why(), HasSubstr("functions cannot stand in"));
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
