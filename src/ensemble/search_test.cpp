// Useful sets against looking at every set.
#include "ensemble/search.h"

#include <gmock/gmock.h>

#include <numeric>

#include "base/random.h"

namespace paragon::ensemble {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Case {
  AnswerTable table;
  std::vector<Member> members;
  std::vector<std::uint32_t> items;
};

// Members of 50 to 90 %, the dearer ones not always the better ones.
Case random_case(std::uint64_t seed, std::uint32_t members, std::uint32_t items) {
  Random random(seed);
  std::vector<int> truth;
  for (std::uint32_t i = 0; i < items; ++i) truth.push_back(static_cast<int>(random.below(4)));
  Case c{AnswerTable(4, truth), {}, std::vector<std::uint32_t>(items)};
  std::iota(c.items.begin(), c.items.end(), 0);
  for (std::uint32_t m = 0; m < members; ++m) {
    const double right = 0.5 + 0.4 * random.uniform();
    std::vector<std::vector<Choice>> answers;
    for (const int label : truth) {
      const int said = random.chance(right) ? label : static_cast<int>(random.below(4));
      answers.push_back({{said, static_cast<float>(0.3 + 0.7 * random.uniform())}});
    }
    c.table.add_member(answers);
    c.members.push_back({1ms * (1 + random.below(20)), dollars(1e-6 * (1 + random.uniform()))});
  }
  return c;
}

FoundSet judged(const Case& c, const std::vector<std::uint32_t>& set, VoteRule rule) {
  FoundSet out{set, rule, {}, {}, {}, {}};
  for (const std::uint32_t m : set) {
    out.latency = std::max(out.latency, c.members[m].latency);
    out.cost += c.members[m].cost;
  }
  out.predicted = judge(c.table, set, weights_of(c.table, set, rule, c.items), c.items);
  return out;
}

// Every set of 1 to `most` members, under each rule.
std::vector<FoundSet> every_set(const Case& c, int most) {
  std::vector<FoundSet> all;
  for (std::uint32_t bits = 1; bits < (1U << c.members.size()); ++bits) {
    if (std::popcount(bits) > most) continue;
    std::vector<std::uint32_t> set;
    for (std::uint32_t m = 0; m < c.members.size(); ++m) {
      if (bits >> m & 1) set.push_back(m);
    }
    all.push_back(judged(c, set, VoteRule::majority));
    all.push_back(judged(c, set, VoteRule::class_weighted));
  }
  return all;
}

bool no_dearer_nor_slower(const FoundSet& a, const FoundSet& b) {
  return a.cost <= b.cost && a.latency <= b.latency;
}

TEST(UsefulSets, NothingIsMissedAndNothingIsKeptThatSomethingElseBeats) {
  SearchSettings settings;
  settings.members_most = 4;
  settings.found_most = 1000;
  std::size_t found_in_all = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const Case c = random_case(seed, 7, 300);
    const std::vector<FoundSet> found = useful_sets(c.table, c.members, c.items, settings);
    found_in_all += found.size();
    const std::vector<FoundSet> all = every_set(c, 4);
    for (const FoundSet& one : found) {
      const FoundSet again = judged(c, one.members, one.rule);
      EXPECT_EQ(one.predicted.right, again.predicted.right);
      EXPECT_EQ(one.latency, again.latency);
      EXPECT_EQ(one.cost, again.cost);
      for (const FoundSet& other : all) {
        if (other.members.size() > 1 || !no_dearer_nor_slower(other, one)) continue;
        EXPECT_GE(one.predicted.share() - other.predicted.share(), settings.least_gain);
      }
    }
    // Of any set there is a member or a found set that is no dearer, no slower, and hardly worse.
    for (const FoundSet& one : all) {
      const auto covers = [&](const FoundSet& other) {
        return no_dearer_nor_slower(other, one) &&
               one.predicted.share() - other.predicted.share() < settings.least_gain;
      };
      const bool by_found = std::any_of(found.begin(), found.end(), covers);
      const bool by_member = std::any_of(all.begin(), all.end(), [&](const FoundSet& other) {
        return other.members.size() == 1 && covers(other);
      });
      EXPECT_TRUE(by_found || by_member) << "seed " << seed;
    }
  }
  EXPECT_GT(found_in_all, 24U);
}

TEST(UsefulSets, ThreeThatErrApartBeatOneThatIsBetterAndDearer) {
  // 30 items. Members 0 to 2 err on a third each, apart; member 3 on a sixth and costs ten times.
  std::vector<int> truth;
  for (int i = 0; i < 30; ++i) truth.push_back(i / 15);
  AnswerTable table(2, truth);
  for (int m = 0; m < 4; ++m) {
    std::vector<std::vector<Choice>> answers;
    for (int i = 0; i < 30; ++i) {
      const bool wrong = m < 3 ? i % 3 == m : i % 6 == 0;
      answers.push_back({{wrong ? 1 - truth[static_cast<std::size_t>(i)] : i / 15, 0.5F}});
    }
    table.add_member(answers);
  }
  const std::vector<Member> members = {
      {2ms, dollars(1)}, {1ms, dollars(1)}, {3ms, dollars(1)}, {20ms, dollars(10)}};
  std::vector<std::uint32_t> items(30);
  std::iota(items.begin(), items.end(), 0);
  const std::vector<FoundSet> found = useful_sets(table, members, items);
  ASSERT_FALSE(found.empty());
  const FoundSet& best = found.back();
  EXPECT_THAT(best.members, ElementsAre(0, 1, 2));
  EXPECT_EQ(best.predicted.right, 30U);
  EXPECT_EQ(best.latency, 3ms) << "the slowest";
  EXPECT_EQ(best.cost, dollars(3)) << "the sum";
}

TEST(UsefulSets, MembersThatAgreeAreNoSet) {
  AnswerTable table(2, {0, 0, 0});
  for (int m = 0; m < 3; ++m) table.add_member({{{0, 0.5F}}, {{1, 0.5F}}, {{0, 0.9F}}});
  const std::vector<Member> members(3, Member{1ms, dollars(1)});
  EXPECT_THAT(useful_sets(table, members, std::vector<std::uint32_t>{0, 1, 2}), IsEmpty());
  EXPECT_THAT(useful_sets(AnswerTable(2, {}), {}, {}), IsEmpty());
}

TEST(UsefulSets, WhereThereAreTooManyTheyAreGrown) {
  const Case c = random_case(99, 12, 400);
  SearchSettings all;
  all.found_most = 1000;
  SearchSettings few = all;
  few.sets_most = 10;
  const std::vector<FoundSet> grown = useful_sets(c.table, c.members, c.items, few);
  const std::vector<FoundSet> exact = useful_sets(c.table, c.members, c.items, all);
  ASSERT_FALSE(grown.empty());
  const auto most = [](const std::vector<FoundSet>& sets) {
    std::size_t right = 0;
    for (const FoundSet& one : sets) right = std::max(right, one.predicted.right);
    return right;
  };
  // Not all of what there is, but the best of it within one in a hundred.
  EXPECT_GE(most(grown) + 4, most(exact));
  for (const FoundSet& one : grown) {
    EXPECT_EQ(judged(c, one.members, one.rule).predicted.right, one.predicted.right);
    EXPECT_TRUE(std::is_sorted(one.members.begin(), one.members.end()));
  }
}

}  // namespace
}  // namespace paragon::ensemble
