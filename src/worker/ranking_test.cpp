#include "worker/ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace paragon {
namespace {

using testing::ElementsAre;

std::vector<Ranked> rank(const OutputMapping& mapping, std::size_t classes,
                         const std::vector<float>& scores, std::size_t k) {
  std::vector<Ranked> best;
  std::vector<Ranked> scratch;
  const Ranking ranking(mapping, classes);
  EXPECT_EQ(ranking.outputs(), scores.size());
  ranking.rank(scores, k, best, scratch);
  return best;
}

TEST(Ranking, BestFirstAndTiesInTheTasksOrder) {
  EXPECT_THAT(rank({}, 4, {0.1F, 0.4F, 0.4F, 0.1F}, 3),
              ElementsAre(Ranked{1, 0.4F}, Ranked{2, 0.4F}, Ranked{0, 0.1F}));
}

TEST(Ranking, AskingForMoreGivesAll) { EXPECT_EQ(rank({}, 3, {1, 2, 3}, 99).size(), 3U); }

TEST(Ranking, SoftmaxOfLargeLogitsDoesNotOverflow) {
  OutputMapping logits;
  logits.softmax = true;
  const auto best = rank(logits, 2, {1000, 1000 + std::log(3.0F)}, 2);
  EXPECT_EQ(best[0].label, 1);
  EXPECT_NEAR(best[0].score, 0.75, 1e-4);
  EXPECT_NEAR(best[1].score, 0.25, 1e-4);
}

TEST(Ranking, MapsAndDropsOutputs) {
  // Output 0 is a background class, 1 and 3 both stand for class 1.
  OutputMapping mapping;
  mapping.class_of_output = {-1, 1, 0, 1};
  EXPECT_THAT(rank(mapping, 2, {9, 2, 3, 5}, 2), ElementsAre(Ranked{1, 5}, Ranked{0, 3}));
}

TEST(Ranking, DroppedOutputsKeepTheirShareOfTheSoftmax) {
  OutputMapping mapping;
  mapping.softmax = true;
  mapping.class_of_output = {-1, 0};
  EXPECT_NEAR(rank(mapping, 1, {0, 0}, 1)[0].score, 0.5, 1e-6);
}

TEST(Ranking, NotANumberRanksLast) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto best = rank({}, 3, {nan, 0.2F, 0.1F}, 3);
  EXPECT_EQ(best[0].label, 1);
  EXPECT_EQ(best[2], (Ranked{0, 0}));
}

TEST(Ranking, AppendsRowAfterRow) {
  std::vector<Ranked> best;
  std::vector<Ranked> scratch;
  const Ranking ranking({}, 2);
  const std::vector<float> scores = {1, 2, 4, 3};
  ranking.rank({scores.data(), 2}, 1, best, scratch);
  ranking.rank({scores.data() + 2, 2}, 1, best, scratch);
  EXPECT_THAT(best, ElementsAre(Ranked{1, 2}, Ranked{0, 4}));
}

}  // namespace
}  // namespace paragon
