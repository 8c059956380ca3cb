// When the votes of an ensemble make an answer.
#include "sim/together.h"

#include <gtest/gtest.h>

namespace paragon::sim {
namespace {

using namespace std::chrono_literals;

Time at(Duration since_start) { return Time{since_start}; }

Together::Vote vote(std::uint32_t variant, double right) {
  return {VariantId{variant}, accuracy(right), dollars(1)};
}

class TogetherTest : public ::testing::Test {
 protected:
  std::uint32_t open(std::uint32_t members, Time last_moment = at(100ms)) {
    return together.open({EnsembleId{0}, 0, at(0ms), last_moment, members});
  }
  Together together;
};

TEST_F(TogetherTest, TheLastMembersEndMakesTheAnswer) {
  const auto id = open(3);
  EXPECT_FALSE(together.end_member(id, vote(0, 0.8), at(10ms)));
  EXPECT_FALSE(together.end_member(id, vote(1, 0.9), at(20ms)));
  const auto verdict = together.end_member(id, vote(2, 0.7), at(30ms));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->when, at(30ms));
  EXPECT_EQ(verdict->votes, 3U);
  EXPECT_EQ(verdict->best.variant, VariantId{1});
  EXPECT_EQ(verdict->cost, dollars(3));
}

TEST_F(TogetherTest, ALateMemberDoesNotSpoilTheAnswer) {
  const auto id = open(2);
  EXPECT_FALSE(together.end_member(id, vote(0, 0.8), at(10ms)));
  const auto verdict = together.end_member(id, vote(1, 0.9), at(300ms));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->when, at(100ms)) << "the last moment";
  EXPECT_EQ(verdict->votes, 1U);
  EXPECT_EQ(verdict->best.variant, VariantId{0});
  EXPECT_EQ(verdict->cost, dollars(1));
}

TEST_F(TogetherTest, WhereAllAreLateTheFirstAnswers) {
  const auto id = open(2);
  const auto verdict = together.end_member(id, vote(1, 0.9), at(150ms));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->when, at(150ms));
  EXPECT_EQ(verdict->votes, 1U);
  EXPECT_FALSE(together.end_member(id, vote(0, 0.8), at(160ms))) << "one verdict";
}

TEST_F(TogetherTest, AMemberThatIsLostLeavesItToTheOthers) {
  const auto id = open(2);
  EXPECT_FALSE(together.end_member(id, vote(0, 0.8), at(10ms)));
  const auto verdict = together.end_member(id, std::nullopt, at(20ms));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->when, at(20ms));
  EXPECT_EQ(verdict->votes, 1U);

  const auto none = open(2);
  EXPECT_FALSE(together.end_member(none, std::nullopt, at(30ms)));
  const auto refused = together.end_member(none, std::nullopt, at(40ms));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->votes, 0U);
}

TEST_F(TogetherTest, WithoutADeadlineItWaitsForAll) {
  const auto id = open(2, kNever);
  EXPECT_FALSE(together.end_member(id, vote(0, 0.8), at(1h)));
  const auto verdict = together.end_member(id, vote(1, 0.9), at(2h));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->when, at(2h));
}

TEST_F(TogetherTest, ARowIsUsedAgainWhenAllItsMembersHaveEnded) {
  const auto first = open(2);
  together.end_member(first, vote(0, 0.8), at(150ms));  // decided, but one is on its way
  const auto second = open(1);
  EXPECT_NE(first, second);
  together.end_member(first, std::nullopt, at(160ms));
  EXPECT_EQ(open(1), first);
}

}  // namespace
}  // namespace paragon::sim
