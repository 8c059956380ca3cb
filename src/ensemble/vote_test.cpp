// Votes counted by hand.
#include "ensemble/vote.h"

#include <gtest/gtest.h>

namespace paragon::ensemble {
namespace {

using Said = std::vector<std::vector<Choice>>;  // by member

std::vector<Ballot> ballots(const Said& said) { return {said.begin(), said.end()}; }

int elected(const Said& said, const std::vector<std::vector<double>>& weights = {}) {
  return elect(ballots(said), weights);
}

TEST(Vote, TheMajorityWinsHoweverSureTheOtherIs) {
  EXPECT_EQ(elected({{{1, 0.99F}}, {{2, 0.4F}}, {{2, 0.4F}}}), 2);
  EXPECT_EQ(elected({{{7, 0.5F}}}), 7);
  EXPECT_EQ(elected({{{3, 0.1F}}, {{3, 0.2F}}}), 3);
}

TEST(Vote, TheSumOfAllScoresSettlesATie) {
  // One vote each; class 1 has 0.6 + 0.05, class 2 has 0.4 + 0.9.
  EXPECT_EQ(elected({{{1, 0.6F}, {2, 0.4F}}, {{2, 0.9F}, {1, 0.05F}}}), 2);
  // Two and two: the second choices of those who voted otherwise count too.
  EXPECT_EQ(elected({{{1, 0.5F}, {2, 0.1F}},
                     {{1, 0.5F}, {2, 0.1F}},
                     {{2, 0.5F}, {1, 0.3F}},
                     {{2, 0.5F}, {1, 0.3F}}}),
            1);
}

TEST(Vote, ThenTheEarlierMember) {
  EXPECT_EQ(elected({{{1, 0.5F}}, {{2, 0.5F}}}), 1);
  EXPECT_EQ(elected({{{2, 0.5F}}, {{1, 0.5F}}}), 2);
}

TEST(Vote, AVoteWeighsWhatTheMemberIsWorthOnThatClass) {
  const Said said = {{{1, 0.5F}}, {{2, 0.5F}}, {{2, 0.5F}}};
  EXPECT_EQ(elected(said, {{0, 0.9, 0}, {0, 0, 0.4}, {0, 0, 0.4}}), 1);  // 0.9 : 0.8
  EXPECT_EQ(elected(said, {{0, 0.9, 0}, {0, 0, 0.5}, {0, 0, 0.5}}), 2);  // 0.9 : 1.0
  EXPECT_EQ(elected(said, {{0, 0.9}, {0, 0}, {0, 0}}), 1) << "a class without a weight counts 0";
}

TEST(Vote, WhoDidNotAnswerHasNoVote) {
  EXPECT_EQ(elected({{}, {{2, 0.5F}}, {}}), 2);
  EXPECT_EQ(elected({{}, {}}), -1);
  EXPECT_TRUE(rank(ballots({{}, {}}), {}).empty());
  EXPECT_EQ(elected({{}, {{1, 0.4F}}, {{2, 0.3F}}}, {{1, 1, 1}, {0, 0.2, 0}, {0, 0, 0.7}}), 2)
      << "weights stay with their members";
}

TEST(Vote, TheRankingBeginsWithTheElectedAndGivesMeanScores) {
  const Said said = {{{1, 0.9F}, {2, 0.1F}}, {{2, 0.5F}, {1, 0.4F}}, {{2, 0.5F}, {3, 0.3F}}};
  const std::vector<Choice> ranked = rank(ballots(said), {});
  ASSERT_EQ(ranked.size(), 3U);
  EXPECT_EQ(ranked[0].label, 2);
  EXPECT_FLOAT_EQ(ranked[0].score, (0.1F + 0.5F + 0.5F) / 3);
  EXPECT_EQ(ranked[1].label, 1);
  EXPECT_FLOAT_EQ(ranked[1].score, (0.9F + 0.4F) / 3);
  EXPECT_EQ(ranked[2].label, 3);
  EXPECT_FLOAT_EQ(ranked[2].score, 0.1F);
  // Means over those that answered.
  EXPECT_FLOAT_EQ(rank(ballots({{}, {{4, 0.5F}}}), {})[0].score, 0.5F);
}

}  // namespace
}  // namespace paragon::ensemble
