#include "load/tally.h"

#include <gtest/gtest.h>

#include <cmath>

namespace paragon {
namespace {

using namespace std::chrono_literals;
using End = LoadOutcome::End;

LoadOutcome ended(End end, Duration latency = 0ms) {
  LoadOutcome outcome;
  outcome.end = end;
  outcome.latency = latency;
  return outcome;
}

TEST(Tally, EveryEndIsCountedOnceAndMissesAreWhatWasNotOnTime) {
  Tally tally;
  tally.add_class("strict", 100ms);
  for (const LoadOutcome& outcome :
       {ended(End::answered, 50ms), ended(End::answered, 100ms), ended(End::answered, 101ms),
        ended(End::refused), ended(End::failed), ended(End::unanswered)}) {
    tally.sent(0, 0ms);
    tally.ended(0, outcome);
  }
  const ClassTally& one = tally.classes()[0];
  EXPECT_EQ(one.sent, 6U);
  EXPECT_EQ(one.answered, 3U);
  EXPECT_EQ(one.refused, 1U);
  EXPECT_EQ(one.failed, 1U);
  EXPECT_EQ(one.unanswered, 1U);
  EXPECT_EQ(one.late, 1U);  // 100 ms is on time, 101 ms is not
  EXPECT_EQ(one.missed(), 4U);
  EXPECT_EQ(one.latency.count(), 3U);  // no latency without an answer
  EXPECT_EQ(tally.in_flight(), 0U);
}

TEST(Tally, WithoutADeadlineNothingIsLate) {
  Tally tally;
  tally.add_class("any", std::nullopt);
  tally.sent(0, 0ms);
  tally.ended(0, ended(End::answered, 1h));
  EXPECT_EQ(tally.classes()[0].late, 0U);
  EXPECT_EQ(tally.classes()[0].missed(), 0U);
}

TEST(Tally, TheTotalIsTheSumOfTheClassesEachByItsOwnDeadline) {
  Tally tally;
  tally.add_class("strict", 10ms);
  tally.add_class("relaxed", 1s);
  for (std::size_t i : {0U, 1U, 1U}) {
    tally.sent(i, 0ms);
    LoadOutcome outcome = ended(End::answered, 20ms);
    outcome.cost = dollars(0.5);
    outcome.correct = i == 0;
    tally.ended(i, outcome);
  }
  const ClassTally total = tally.total();
  EXPECT_EQ(total.sent, 3U);
  EXPECT_EQ(total.late, 1U);
  EXPECT_EQ(total.latency.count(), 3U);
  EXPECT_DOUBLE_EQ(total.cost.value, 1.5);
  EXPECT_EQ(total.accuracy.hits, 1U);
  EXPECT_EQ(total.accuracy.trials, 3U);
}

TEST(Tally, KnowsWhoServedWhat) {
  Tally tally;
  tally.add_class("any", std::nullopt);
  for (const char* resource : {"machine", "machine", "function"}) {
    tally.sent(0, 0ms);
    LoadOutcome outcome = ended(End::answered, 1ms);
    outcome.variant = "small";
    outcome.resource = resource;
    outcome.cost = dollars(2);
    tally.ended(0, outcome);
  }
  ASSERT_EQ(tally.served().size(), 2U);
  EXPECT_EQ(tally.served().at({"small", "machine"}).queries, 2U);
  EXPECT_DOUBLE_EQ(tally.served().at({"small", "machine"}).cost.value, 4);
  EXPECT_EQ(tally.served().at({"small", "function"}).queries, 1U);
}

TEST(Tally, EndlesslyDifferentTroublesStayBounded) {
  Tally tally;
  tally.add_class("any", std::nullopt);
  for (int i = 0; i < 1000; ++i) {
    tally.sent(0, 0ms);
    LoadOutcome outcome = ended(End::failed);
    outcome.trouble = "port " + std::to_string(i);
    tally.ended(0, outcome);
  }
  std::uint64_t sum = 0;
  for (const auto& [text, count] : tally.troubles()) sum += count;
  EXPECT_EQ(sum, 1000U);
  EXPECT_LE(tally.troubles().size(), 33U);
}

TEST(Tally, TheLiveViewSeesEachLatencyOnce) {
  Tally tally;
  tally.add_class("any", std::nullopt);
  tally.sent(0, 0ms);
  tally.ended(0, ended(End::answered, 5ms));
  EXPECT_EQ(tally.take_recent(0).count(), 1U);
  EXPECT_EQ(tally.take_recent(0).count(), 0U);
  EXPECT_EQ(tally.classes()[0].latency.count(), 1U);
}

TEST(Tally, SaysWhenItFellBehind) {
  Tally tally;
  tally.add_class("any", std::nullopt);
  for (int i = 0; i < 200; ++i) tally.sent(0, 1ms);
  EXPECT_FALSE(tally.fell_behind());
  for (int i = 0; i < 10; ++i) tally.sent(0, 50ms);
  EXPECT_TRUE(tally.fell_behind());
}

// Wilson's bounds b solve (p - b)^2 = z^2 b (1 - b) / n.
TEST(Proportion, TheIntervalIsWilsons) {
  constexpr double z = 1.959963984540054;
  for (const Proportion share :
       {Proportion{81, 100}, Proportion{1, 7}, Proportion{9136, 10000}, Proportion{10, 10}}) {
    const double n = static_cast<double>(share.trials), p = share.value();
    for (const double b : {share.low95(), share.high95()}) {
      EXPECT_NEAR((p - b) * (p - b), z * z * b * (1 - b) / n, 1e-12) << share.hits;
    }
    EXPECT_LT(share.low95(), p);
    EXPECT_GE(share.high95(), p - 1e-12);
  }
  EXPECT_NEAR((Proportion{81, 100}.low95()), 0.7222, 1e-4);
  EXPECT_TRUE(std::isnan(Proportion{}.value()));
  EXPECT_TRUE(std::isnan(Proportion{}.low95()));
}

}  // namespace
}  // namespace paragon
