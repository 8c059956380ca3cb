// Accuracies of sets counted by hand.
#include "ensemble/answers.h"

#include <gtest/gtest.h>

#include <numeric>

namespace paragon::ensemble {
namespace {

std::vector<std::uint32_t> first(std::uint32_t n) {
  std::vector<std::uint32_t> items(n);
  std::iota(items.begin(), items.end(), 0);
  return items;
}

// Each member says one class of each item, all equally sure.
AnswerTable table_of(std::vector<int> truth, const std::vector<std::vector<int>>& said) {
  AnswerTable table(4, std::move(truth));
  for (const std::vector<int>& one : said) {
    std::vector<std::vector<Choice>> answers;
    for (const int label : one) answers.push_back({{label, 0.5F}});
    table.add_member(answers);
  }
  return table;
}

TEST(AnswerTable, MembersThatErrApartAreRightTogether) {
  // Each is right on two of three, and no two err on the same.
  const AnswerTable apart = table_of({0, 1, 2}, {{3, 1, 2}, {0, 3, 2}, {0, 1, 3}});
  const std::vector<std::uint32_t> all = {0, 1, 2};
  for (const std::uint32_t m : all) {
    EXPECT_EQ(judge(apart, std::vector<std::uint32_t>{m}, {}, first(3)).right, 2U);
  }
  EXPECT_EQ(judge(apart, all, {}, first(3)).right, 3U);
  // As accurate one by one, but they err together: the mean of their accuracies would not tell.
  const AnswerTable together = table_of({0, 1, 2}, {{3, 1, 2}, {3, 1, 2}, {3, 1, 2}});
  EXPECT_EQ(judge(together, all, {}, first(3)).right, 2U);
  EXPECT_EQ(judge(together, all, {}, first(1)).right, 0U) << "only the items that are asked about";
  EXPECT_EQ(judge(together, all, {}, {}).share(), accuracy(0));
}

TEST(AnswerTable, AWeightIsTheShareOfVotesForTheClassThatWereRight) {
  const AnswerTable table = table_of({0, 0, 1, 1, 2}, {{0, 0, 0, 1, 3}});
  const std::vector<double> weights = class_weights(table, 0, first(5));
  ASSERT_EQ(weights.size(), 4U);
  EXPECT_DOUBLE_EQ(weights[0], 3.0 / 5);  // 2 of 3 right, and one right and one wrong added
  EXPECT_DOUBLE_EQ(weights[1], 2.0 / 3);  // 1 of 1
  EXPECT_DOUBLE_EQ(weights[2], 1.0 / 2);  // never said
  EXPECT_DOUBLE_EQ(weights[3], 1.0 / 3);  // 0 of 1
  EXPECT_DOUBLE_EQ(class_weights(table, 0, first(2))[0], 3.0 / 4) << "of these items only";
}

TEST(AnswerTable, ADuelCountsWhereOnlyOneIsRight) {
  //                                   both  first  first  first  second  none ...
  const AnswerTable table =
      table_of({0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
               {{0, 0, 0, 0, 1, 1, 1, 1, 1, 1}, {0, 1, 1, 1, 0, 1, 1, 1, 1, 1}});
  const std::vector<std::uint32_t> a = {0};
  const std::vector<std::uint32_t> b = {1};
  const Duel fought = duel(table, a, {}, b, {}, first(10));
  EXPECT_EQ(fought.first_only, 3U);
  EXPECT_EQ(fought.second_only, 1U);
  EXPECT_DOUBLE_EQ(fought.gain(), 0.2);
  // Differences of 1, -1 and 0 with the mean 0.2 and the mean square 0.4.
  EXPECT_NEAR(fought.half95(), 1.96 * std::sqrt((0.4 - 0.04) / 10), 1e-12);
  EXPECT_DOUBLE_EQ(duel(table, b, {}, a, {}, first(10)).gain(), -0.2);
  // Three or four of four by the toss of a coin: (4 + 1) / 16. One to four: 15 / 16.
  EXPECT_NEAR(fought.chance(), 5.0 / 16, 1e-12);
  EXPECT_NEAR(duel(table, b, {}, a, {}, first(10)).chance(), 15.0 / 16, 1e-12);
  EXPECT_DOUBLE_EQ((Duel{0, 0, 10}).chance(), 1);
  EXPECT_NEAR((Duel{600, 400, 5000}).chance(), 1.364e-10, 1e-12);
}

TEST(AnswerTable, OnlyTheBestFewChoicesAreKept) {
  AnswerTable table(9, {0});
  table.add_member({{{0, 0.3F}, {1, 0.2F}, {2, 0.1F}, {3, 0.1F}, {4, 0.1F}, {5, 0.1F}}});
  EXPECT_EQ(table.ballot(0, 0).size(), AnswerTable::kKept);
  EXPECT_EQ(table.ballot(0, 0)[1], (Choice{1, 0.2F}));
}

TEST(HeldOut, HalfOfTheItemsByTheirNamesAlone) {
  int held = 0;
  int moved = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = "test/" + std::to_string(i) + ".png";
    held += held_out(name, 1);
    moved += held_out(name, 1) != held_out(name, 2);
    EXPECT_EQ(held_out(name, 1), held_out(name, 1));
  }
  EXPECT_NEAR(held, 5000, 200);
  EXPECT_NEAR(moved, 5000, 200);
}

}  // namespace
}  // namespace paragon::ensemble
