// Each scheme on a stage of its own: a second of load after the other, machines that take time to
// boot, and what it wants. One machine carries 200 medium queries a second (10 ms on two slots).
#include "brain/schemes/schemes.h"

#include <gmock/gmock.h>

#include <deque>
#include <set>

#include "brain/schemes/testing.h"

namespace paragon {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Stage {
 public:
  explicit Stage(const char* scheme, const Tuning& tuning = {}, Duration boot = 10s,
                 int machine_offers = 1)
      : sight_(make_catalog({.provisioning = boot, .machine_offers = machine_offers}), boot) {
    BrainSettings s = settings(scheme);
    s.tuning = tuning;
    const Status sound = check(s, sight_.catalog);
    EXPECT_TRUE(sound) << sound.error().message;
    scheme_ = make_scheme(s);
  }

  // So many seconds of the rate.
  void run(int seconds_long, int rate) {
    for (int i = 0; i < seconds_long; ++i) second(rate);
  }
  // Seconds until so many machines are wanted; -1: not within the bound.
  int until(int machines, int rate, int bound = 3600) {
    for (int i = 0; i < bound; ++i) {
      if (this->machines() == machines) return i;
      second(rate);
    }
    return -1;
  }
  int machines() const {
    int sum = 0;
    for (const MachineCount& count : sight_.machines) sum += count.booting + count.ready;
    return sum;
  }
  int machines(std::uint32_t offer) const {
    return sight_.machines[offer].booting + sight_.machines[offer].ready;
  }
  void start_with(int ready, std::uint32_t offer = 0) { sight_.machines[offer].ready = ready; }
  void price(std::uint32_t offer, double work) { sight_.work[offer] = work; }
  void wait(int queries) { waiting_ = queries; }
  void no_functions() { sight_.view.functions = false; }

  Overflow overflow(QueryClass c, bool machine_in_time = true) {
    return scheme_->overflow({c, machine_in_time}, sight_.view);
  }
  // How many of the second's first queries go to machines.
  int machine_first(Time second, int queries) {
    int first = 0;
    for (int i = 0; i < queries; ++i) first += scheme_->machine_first(second + i * 100us) ? 1 : 0;
    return first;
  }
  Time now() const { return sight_.view.now; }
  std::string why() const { return scheme_->why(sight_.view); }

 private:
  void second(int rate) {
    sight_.second(rate);
    while (!boots_.empty() && boots_.front().first <= sight_.view.now) {
      MachineCount& count = sight_.machines[boots_.front().second];
      boots_.pop_front();
      if (count.booting == 0) continue;  // was given back before it was up
      --count.booting;
      ++count.ready;
    }
    sight_.view.booting = sight_.view.ready = 0;
    double carries = 0;
    for (const MachineCount& count : sight_.machines) {
      sight_.view.booting += count.booting;
      sight_.view.ready += count.ready;
      carries += count.ready / sight_.work[count.offer.index()];
    }
    sight_.view.busy = sight_.view.busy_mean = carries > 0 ? std::min(1.0, rate / carries) : 0;
    sight_.view.waiting = waiting_;
    const Wanted want = scheme_->decide(sight_.view);
    std::vector<int> goal(sight_.machines.size());
    for (const Target& target : want.machines) goal[target.offer.index()] += target.machines;
    for (std::size_t o = 0; o < sight_.machines.size(); ++o) bring_to(o, goal[o]);
  }
  void bring_to(std::size_t offer, int wanted) {
    MachineCount& count = sight_.machines[offer];
    while (count.booting + count.ready < wanted) {
      ++count.booting;
      boots_.emplace_back(sight_.view.now + sight_.view.provisioning, offer);
    }
    while (count.booting + count.ready > wanted)
      --(count.booting > 0 ? count.booting : count.ready);
  }

  Sight sight_;
  std::unique_ptr<Scheme> scheme_;
  std::deque<std::pair<Time, std::size_t>> boots_;
  int waiting_ = 0;
};

TEST(SchemeTable, EverySchemeSaysWhyItWantsWhatItWants) {
  for (const SchemeInfo* scheme : schemes()) {
    Stage stage(std::string(scheme->name).c_str());
    for (const int rate : {0, 500, 20}) {
      stage.run(70, rate);
      EXPECT_FALSE(stage.why().empty()) << scheme->name << " at " << rate;
    }
  }
}

TEST(SchemeTable, WhatASchemeSaysHasTheNumbersItDecidedBy) {
  const auto after_500_a_second = [](const char* scheme, int seconds_long = 61) {
    Stage stage(scheme);
    stage.run(seconds_long, 500);
    return stage.why();
  };
  EXPECT_EQ(after_500_a_second("reactive"),
            "the load of the last 60 s: 500/s at 5 ms of a machine each keep 2.5 of them busy, "
            "3.57 at 70 % each");
  EXPECT_THAT(after_500_a_second("exascale"),
              AllOf(HasSubstr("500/s"), HasSubstr("30 % on it: 650/s"), HasSubstr("every 60 s")));
  EXPECT_THAT(after_500_a_second("paragon"), HasSubstr("keep 2.5 of them busy\n"));
  EXPECT_THAT(after_500_a_second("util_aware"), HasSubstr("100 % busy over the last 60 s: over"));
  EXPECT_THAT(after_500_a_second("mixed"), HasSubstr("no data point yet"));
  EXPECT_THAT(after_500_a_second("mixed", 300), HasSubstr("to be kept at 70 %"));
}

TEST(SchemeTable, EveryKnobHasItsStandardWithinItsRangeAndSaysWhatItIs) {
  std::set<std::string_view> names;
  for (const SchemeInfo* scheme : schemes()) {
    EXPECT_TRUE(names.insert(scheme->name).second) << scheme->name;
    EXPECT_FALSE(scheme->idea.empty());
    for (const Knob& knob : scheme->knobs) {
      EXPECT_GE(knob.standard, knob.least) << scheme->name << " " << knob.name;
      EXPECT_LE(knob.standard, knob.most) << scheme->name << " " << knob.name;
      EXPECT_FALSE(knob.meaning.empty()) << knob.name;
      EXPECT_FALSE(knob.source.empty()) << knob.name;
    }
  }
  for (const char* name :
       {"reactive", "util_aware", "exascale", "mixed", "paragon", "infaas", "mark", "spock",
        "libra", "hpa", "knative_kpa", "aws_target_tracking", "ray_serve"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(Reactive, TheWindowDecidesHowSoonARiseIsSeen) {
  Stage slow("reactive");
  Stage quick("reactive", {{"window_s", 10}});
  slow.run(120, 100);
  quick.run(120, 100);
  EXPECT_EQ(slow.until(6, 800), 52) << "when the mean of the minute passes 700";
  EXPECT_EQ(quick.until(6, 800), 9);
}

TEST(UtilAware, AddsAboveEightyPercentAndGivesBackUnderThirty) {
  Stage stage("util_aware");
  stage.start_with(2);
  stage.run(300, 300);  // 75 %
  EXPECT_EQ(stage.machines(), 2);
  EXPECT_LE(stage.until(3, 340), 60);  // 85 % of two
  stage.run(300, 340);
  EXPECT_EQ(stage.machines(), 3) << "57 % is neither too much nor too little";
  EXPECT_GE(stage.until(2, 150), 1);  // 25 % of three
  stage.run(300, 150);
  EXPECT_EQ(stage.machines(), 2);
}

TEST(Exascale, BuysAHeadroomOnTheForecast) {
  for (const auto& [headroom, machines] : {std::pair{0.0, 3}, {0.25, 4}, {1.0, 6}}) {
    Stage stage("exascale", {{"headroom", headroom}});
    stage.run(300, 400);  // two machines' worth, at 70 %: 2.86
    EXPECT_EQ(stage.machines(), machines) << headroom;
    EXPECT_EQ(stage.overflow(QueryClass::strict), Overflow::wait);
  }
}

TEST(Mixed, OffloadsEverythingWhileItScalesAndNothingElse) {
  Stage stage("mixed", {}, 100s);
  stage.start_with(2);
  stage.run(200, 240);  // 60 %
  EXPECT_EQ(stage.machines(), 2);
  EXPECT_EQ(stage.overflow(QueryClass::strict, false), Overflow::wait) << "also if it is late";
  EXPECT_GT(stage.until(3, 400), 0);
  EXPECT_EQ(stage.overflow(QueryClass::strict), Overflow::function_now);
  EXPECT_EQ(stage.overflow(QueryClass::relaxed), Overflow::function_now) << "the flag is global";
  stage.run(500, 400);
  EXPECT_EQ(stage.machines(), 3);
  EXPECT_EQ(stage.overflow(QueryClass::strict), Overflow::wait);
}

TEST(ParagonScheme, StaticLoadStaysOnMachinesAndBurstsGoToFunctions) {
  Stage stage("paragon");
  stage.run(300, 200);
  EXPECT_EQ(stage.overflow(QueryClass::strict), Overflow::wait_for_deadline) << "static";
  EXPECT_EQ(stage.overflow(QueryClass::strict, false), Overflow::function_now);
  stage.run(20, 600);
  EXPECT_EQ(stage.overflow(QueryClass::strict), Overflow::function_now) << "a flash crowd";
  EXPECT_EQ(stage.overflow(QueryClass::relaxed), Overflow::wait_for_deadline);
}

TEST(ParagonScheme, PlansMachinesFullWhereFunctionsTakeTheNoise) {
  Stage with("paragon");
  Stage without("paragon");
  without.no_functions();
  with.run(300, 380);  // 1.9 machines' worth, at 70 %: 2.7
  without.run(300, 380);
  EXPECT_EQ(with.machines(), 2);
  EXPECT_EQ(without.machines(), 3);
}

TEST(Spock, FunctionsHideTheBootAndThePredictivePolicyBuysEarlier) {
  Stage reactive("spock", {}, 60s);
  Stage predictive("spock", {{"predictive", 1}}, 60s);
  reactive.run(120, 100);
  predictive.run(120, 100);
  EXPECT_EQ(reactive.overflow(QueryClass::relaxed), Overflow::wait);
  for (int rate = 100; rate < 400; rate += 5) {
    reactive.run(1, rate);
    predictive.run(1, rate);
  }
  EXPECT_GT(predictive.machines(), reactive.machines());
  EXPECT_EQ(reactive.overflow(QueryClass::relaxed), Overflow::function_now) << "one boots";
}

TEST(Infaas, AddsOneMachineAtATimeAndRestsThirtySeconds) {
  Stage stage("infaas");
  stage.start_with(1);
  EXPECT_LE(stage.until(2, 1000), 4);
  const int next = stage.until(3, 1000);
  EXPECT_GE(next, 30);
  EXPECT_LE(next, 34);
  stage.run(400, 1000);  // five machines' worth: over 80 % until there are seven
  EXPECT_EQ(stage.machines(), 7);
  stage.run(300, 700);
  EXPECT_EQ(stage.machines(), 7) << "half full stays";
  EXPECT_GE(stage.until(6, 300), 28);
}

TEST(Mark, TheCodeNeverForgetsItsHighestMinuteThePaperDoes) {
  Stage code("mark", {{"mode", 1}});
  Stage paper("mark");
  for (Stage* stage : {&code, &paper}) {
    stage->run(360, 100);
    stage->run(240, 800);
    stage->run(900, 100);
  }
  EXPECT_EQ(code.machines(), 7) << "1.2 x 800 / s, 140 / s a machine at 70 %";
  EXPECT_EQ(paper.machines(), 1);
  EXPECT_EQ(code.overflow(QueryClass::strict, false), Overflow::wait);
  EXPECT_EQ(paper.overflow(QueryClass::strict, false), Overflow::function_now);
}

TEST(Mark, TakesTheOfferThatCoversMostPerDollarButKeepsWhatRunsAlready) {
  Stage stage("mark", {}, 10s, 2);
  stage.price(1, 0.002);  // the same price for two and a half times the work
  stage.start_with(1, 0);
  stage.run(70, 700);
  EXPECT_EQ(stage.machines(1), 2);
  stage.run(600, 700);
  EXPECT_EQ(stage.machines(0), 0);
}

TEST(Libra, AFixedShareOfEachSecondGoesToMachines) {
  Stage stage("libra");
  stage.run(700, 100);  // no deviation in it: the share is 100 a second
  EXPECT_EQ(stage.machines(), 1);
  EXPECT_EQ(stage.machine_first(stage.now(), 100), 80);
  EXPECT_EQ(stage.machine_first(stage.now() + 1s, 50), 50);
  EXPECT_EQ(stage.machine_first(stage.now() + 2s, 1000), 80);
}

TEST(Libra, ALargerShareHoldsOnceMachinesHaveHadTimeToStart) {
  Stage stage("libra");
  stage.run(650, 100);
  stage.run(252, 1000);  // the share is set anew at 901 s
  EXPECT_EQ(stage.machines(), 8) << "1,000 a second at 140 each";
  EXPECT_EQ(stage.machine_first(stage.now(), 1000), 80);
  stage.run(101, 1000);
  EXPECT_EQ(stage.machine_first(stage.now(), 2000), 800);
}

TEST(Hpa, FollowsTheRatioWithinItsTolerance) {
  Stage stage("hpa");
  stage.start_with(4);
  stage.run(120, 600);  // 75 %, within a tenth of 70 %
  EXPECT_EQ(stage.machines(), 4);
  stage.run(16, 760);  // 95 %: 4 x 0.95 / 0.7 = 5.4
  EXPECT_EQ(stage.machines(), 6);
  stage.run(290, 80);
  EXPECT_EQ(stage.machines(), 6) << "the highest wish of five minutes";
  stage.run(60, 80);
  EXPECT_EQ(stage.machines(), 1);
}

TEST(Hpa, GrowsAtMostTwofoldOrByFour) {
  Stage stage("hpa", {{"target", 0.05}}, 0s);
  stage.start_with(1);
  stage.run(15, 10'000);
  EXPECT_EQ(stage.machines(), 5);
  stage.run(15, 10'000);
  EXPECT_EQ(stage.machines(), 10);
}

TEST(KnativeKpa, PanicsAtTwiceWhatIsReadyAndDoesNotGoDownMeanwhile) {
  Stage stage("knative_kpa");
  stage.start_with(2);
  stage.run(120, 250);  // 1.25 machines' worth: two at 70 %
  EXPECT_EQ(stage.machines(), 2);
  stage.wait(20);  // what finds no slot stands in the queue: ten machines' worth
  stage.run(8, 400);
  EXPECT_GT(stage.machines(), 8) << "panic after six seconds, not after a minute";
  stage.wait(0);
  const int most = stage.machines();
  stage.run(50, 250);
  EXPECT_EQ(stage.machines(), most);
  stage.run(120, 250);
  EXPECT_EQ(stage.machines(), 2);
}

TEST(AwsTargetTracking, OutAfterThreeMinutesInAfterFifteen) {
  Stage stage("aws_target_tracking");
  stage.start_with(2);
  stage.run(120, 270);  // under 70 %
  EXPECT_EQ(stage.machines(), 2);
  const int out = stage.until(3, 400);
  EXPECT_GE(out, 120);
  EXPECT_LE(out, 181);
  stage.run(300, 400);
  const int in = stage.until(1, 40);
  EXPECT_GE(in, 14 * 60);
  EXPECT_LE(in, 16 * 60);
}

TEST(RayServe, TwoOngoingASlotUpAfterThirtySecondsDownAfterTenMinutes) {
  Stage stage("ray_serve");
  stage.start_with(1);
  stage.run(120, 200);  // full, and nothing waits: half of what it aims at
  EXPECT_EQ(stage.machines(), 1);
  stage.wait(6);  // 1 + 3 machines' worth ongoing, two each
  const int up = stage.until(2, 200);
  EXPECT_GE(up, 30);
  EXPECT_LE(up, 75);
  stage.wait(0);
  const int down = stage.until(1, 100);
  EXPECT_GE(down, 600);
  EXPECT_LE(down, 660);
}

}  // namespace
}  // namespace paragon
