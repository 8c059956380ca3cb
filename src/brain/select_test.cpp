// Selection against looking at everything: random catalogs with many ties, random bounds.
#include "brain/select.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "base/random.h"
#include "brain/journal.h"
#include "brain/testing.h"

namespace paragon {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

// One task of `variants`, on one machine offer. Coarse values make ties, fine ones a wide front.
Catalog random_catalog(Random& random, int variants, bool coarse) {
  Catalog::Parts parts;
  Task task;
  task.name = "task";
  task.input = InputKind::tensor;
  task.output = OutputKind::tensor;
  parts.tasks.push_back(task);
  const auto step = [&](int coarse_steps) {
    return coarse ? static_cast<double>(random.below(static_cast<std::uint64_t>(coarse_steps))) /
                        coarse_steps
                  : random.uniform();
  };
  for (int i = 0; i < variants; ++i) {
    Variant v;
    v.name = "v" + std::to_string(i);
    v.accuracy.top1 = accuracy(0.5 + 0.5 * step(8));
    v.memory = megabytes(coarse ? 200 * (1 + static_cast<std::int64_t>(random.below(4)))
                                : 100 + static_cast<std::int64_t>(random.below(3000)));
    const Duration service = 1ms + from_seconds(0.099 * step(6));
    parts.variants.push_back(v);
    parts.profiles.push_back({service, service, 0ms});
  }
  // The more memory a variant takes, the fewer slots and the dearer the query.
  MachineOffer machine;
  machine.name = "machine";
  machine.vcpus = vcpus(16);
  machine.memory = megabytes(3200);
  machine.price = per_hour(0.36);
  machine.provisioning_delay = {10s, 0};
  parts.machine_offers.push_back(machine);
  Result<Catalog> catalog = Catalog::build(std::move(parts));
  EXPECT_TRUE(catalog.ok()) << (catalog ? "" : catalog.error().message);
  return std::move(*catalog);
}

Constraints random_constraints(Random& random, const Selector& selector, std::uint32_t variants) {
  // Of a random variant each, so that bounds are met exactly too.
  const auto some = [&] {
    return selector.candidate(VariantId{static_cast<std::uint32_t>(random.below(variants))});
  };
  // The tighter of two: a good part of the queries shall be infeasible.
  Constraints c;
  if (random.chance(0.6)) c.min_accuracy = std::max(some().accuracy, some().accuracy);
  if (random.chance(0.6)) c.max_latency = std::min(some().latency, some().latency);
  if (random.chance(0.6)) c.max_cost = std::min(some().cost, some().cost);
  switch (random.below(5)) {
    case 0:
      c.objective = kCheapest;
      break;
    case 1:
      c.objective = kFastest;
      break;
    case 2:
      c.objective = kMostAccurate;
      break;
    case 3:
      c.objective = Objective{1e6 * random.uniform(), 10 * random.uniform(), random.uniform()};
      break;
    default:
      break;
  }
  return c;
}

double score(const Objective& o, const Candidate& x) {
  return o.cost * x.cost.value + o.latency * seconds(x.latency) - o.accuracy * x.accuracy.value;
}

bool within(const Candidate& x, const Constraints& c) {
  return x.placeable && (!c.min_accuracy || x.accuracy >= *c.min_accuracy) &&
         (!c.max_latency || x.latency <= *c.max_latency) && (!c.max_cost || x.cost <= *c.max_cost);
}

bool wins_ties(const Candidate& x, const Candidate& y) {
  return std::tuple(x.cost, x.latency, x.pick.variant) <
         std::tuple(y.cost, y.latency, y.pick.variant);
}

// By looking at every variant of the catalog.
std::optional<VariantId> best_of_all(const Selector& selector, std::uint32_t variants,
                                     const Constraints& c) {
  const Objective objective = c.objective.value_or(kCheapest);
  std::optional<VariantId> best;
  for (std::uint32_t v = 0; v < variants; ++v) {
    const Candidate& x = selector.candidate(VariantId{v});
    if (!within(x, c)) continue;
    if (!best) {
      best = x.pick.variant;
      continue;
    }
    const Candidate& y = selector.candidate(*best);
    const double a = score(objective, x);
    const double b = score(objective, y);
    if (a < b || (a == b && wins_ties(x, y))) best = x.pick.variant;
  }
  return best;
}

// The relative excess over each bound: accuracy, latency, cost.
std::array<double, 3> excess(const Candidate& x, const Constraints& c) {
  std::array<double, 3> out{};
  if (c.min_accuracy && x.accuracy < *c.min_accuracy) {
    out[0] = (*c.min_accuracy - x.accuracy).value / c.min_accuracy->value;
  }
  if (c.max_latency && x.latency > *c.max_latency) {
    out[1] = seconds(x.latency - *c.max_latency) / seconds(*c.max_latency);
  }
  if (c.max_cost && x.cost > *c.max_cost) {
    out[2] = (x.cost - *c.max_cost).value / c.max_cost->value;
  }
  return out;
}

class RandomCatalogs : public ::testing::Test {
 protected:
  // So many worlds of up to 120 variants, each with so many queries.
  template <class Check>
  void each(int worlds, int queries, const Check& check) {
    for (int world = 0; world < worlds; ++world) {
      Random random(static_cast<std::uint64_t>(world));
      const auto variants = static_cast<std::uint32_t>(1 + random.below(120));
      const Catalog catalog =
          random_catalog(random, static_cast<int>(variants), random.chance(0.5));
      Selector selector(catalog, 1ms, true, false);
      for (int q = 0; q < queries; ++q) {
        if (q > 0 && random.chance(0.2)) {
          selector.set_accuracy(VariantId{static_cast<std::uint32_t>(random.below(variants))},
                                accuracy(0.5 + 0.5 * random.uniform()));
        }
        check(selector, variants, random_constraints(random, selector, variants));
        if (HasFailure()) {
          ADD_FAILURE() << "world " << world << ", query " << q;
          return;
        }
      }
    }
  }
};

TEST_F(RandomCatalogs, TheChoiceMeetsItsBoundsAndNothingThatDoesIsBetter) {
  int found = 0;
  int infeasible = 0;
  each(200, 50, [&](const Selector& selector, std::uint32_t variants, const Constraints& c) {
    const std::optional<Pick> choice = selector.select(TaskId{0}, c);
    const std::optional<VariantId> best = best_of_all(selector, variants, c);
    EXPECT_EQ(choice, best ? std::optional<Pick>(*best) : std::nullopt);
    EXPECT_TRUE(!choice || selector.meets(*choice, c));
    ++(choice ? found : infeasible);
  });
  EXPECT_GT(found, 1000);
  EXPECT_GT(infeasible, 500);
}

TEST_F(RandomCatalogs, TheNearestAreThoseThatAskForLeast) {
  int several = 0;
  each(200, 50, [&](const Selector& selector, std::uint32_t variants, const Constraints& c) {
    const std::vector<Relaxation> nearest = selector.nearest(TaskId{0}, c);
    const std::optional<Relaxation> closest = selector.closest(TaskId{0}, c);
    ASSERT_FALSE(nearest.empty());
    ASSERT_LE(nearest.size(), Selector::kNearest);
    ASSERT_EQ(closest->pick, nearest.front().pick);
    EXPECT_EQ(nearest.front().none(), selector.select(TaskId{0}, c).has_value());
    several += nearest.size() > 1;
    for (const Relaxation& one : nearest) {
      // What it says would do does, and no bound is relaxed that need not be.
      EXPECT_TRUE(selector.meets(one.pick, one.applied_to(c)));
      const auto its = excess(selector.candidate(one.pick), c);
      EXPECT_EQ(one.min_accuracy.has_value(), its[0] > 0);
      EXPECT_EQ(one.max_latency.has_value(), its[1] > 0);
      EXPECT_EQ(one.max_cost.has_value(), its[2] > 0);
      EXPECT_DOUBLE_EQ(one.total, its[0] + its[1] + its[2]);
      for (std::uint32_t v = 0; v < variants; ++v) {
        const auto other = excess(selector.candidate(VariantId{v}), c);
        const bool dominates =
            other[0] <= its[0] && other[1] <= its[1] && other[2] <= its[2] && other != its;
        EXPECT_FALSE(dominates) << v << " asks for less than " << one.pick.variant.value;
        if (!nearest.front().none()) {
          EXPECT_GE(other[0] + other[1] + other[2], closest->total - 1e-12);
        }
      }
    }
    for (std::size_t i = 1; i < nearest.size(); ++i) {
      EXPECT_LE(nearest[i - 1].total, nearest[i].total);
    }
  });
  EXPECT_GT(several, 200);
}

TEST_F(RandomCatalogs, LimitsAreTheBestOfAll) {
  each(50, 5, [&](const Selector& selector, std::uint32_t variants, const Constraints&) {
    const Limits limits = selector.limits(TaskId{0});
    const Candidate& accurate = selector.candidate(*selector.most_accurate(TaskId{0}));
    EXPECT_EQ(accurate.accuracy, limits.accuracy);
    for (std::uint32_t v = 0; v < variants; ++v) {
      const Candidate& x = selector.candidate(VariantId{v});
      EXPECT_LE(x.accuracy, limits.accuracy);
      EXPECT_GE(x.latency, limits.latency);
      EXPECT_GE(x.cost, limits.cost);
    }
  });
}

// The small catalog: 80 % in 2 ms, 90 % in 10 ms, 95 % in 50 ms, the dearer the slower.
class Selection : public ::testing::Test {
 protected:
  Catalog catalog = make_catalog();
  Selector selector{catalog, 0ms, true, false};
  Constraints bounds(double least, Duration latency) {
    Constraints c;
    c.min_accuracy = accuracy(least);
    c.max_latency = latency;
    return c;
  }
};

TEST_F(Selection, TheNearestSayWhatEachWouldNeed) {
  // 80 % lacks 11 % of the accuracy, 90 % in 10 ms takes twice the time, 95 % ten times.
  const std::vector<Relaxation> nearest = selector.nearest(TaskId{0}, bounds(0.9, 5ms));
  ASSERT_EQ(nearest.size(), 2U) << "the large one asks for more than the medium one";
  EXPECT_EQ(nearest[0].pick, VariantId{0});
  EXPECT_EQ(nearest[0].min_accuracy, accuracy(0.8));
  EXPECT_FALSE(nearest[0].max_latency);
  EXPECT_NEAR(nearest[0].total, 0.1 / 0.9, 1e-12);
  EXPECT_EQ(nearest[1].pick, VariantId{1});
  EXPECT_EQ(nearest[1].max_latency, 10ms);
  EXPECT_NEAR(nearest[1].total, 1, 1e-12);
  EXPECT_EQ(selector.nearest(TaskId{0}, bounds(0.9, 5ms), 1).size(), 1U);
}

TEST_F(Selection, ABoundOfNothingHasANearestToo) {
  Constraints free;
  free.max_cost = dollars(0);
  const std::optional<Relaxation> closest = selector.closest(TaskId{0}, free);
  ASSERT_TRUE(closest);
  EXPECT_EQ(closest->pick, VariantId{0});
  EXPECT_EQ(closest->max_cost, selector.candidate(VariantId{0}).cost);
}

TEST_F(Selection, AnAccuracyThatMovesMovesTheChoice) {
  const Constraints c = bounds(0.9, 100ms);
  EXPECT_EQ(selector.select(TaskId{0}, c), VariantId{1});
  const std::uint64_t before = selector.generation();
  selector.set_accuracy(VariantId{1}, accuracy(0.89));
  EXPECT_NE(selector.generation(), before);
  EXPECT_EQ(selector.select(TaskId{0}, c), VariantId{2});
  selector.set_accuracy(VariantId{0}, accuracy(0.97));
  EXPECT_EQ(selector.select(TaskId{0}, c), VariantId{0});
  EXPECT_EQ(selector.most_accurate(TaskId{0}), VariantId{0});
  EXPECT_EQ(selector.limits(TaskId{0}).accuracy, accuracy(0.97));
}

TEST_F(Selection, WhatNothingRunsHasNoNearest) {
  Selector nothing(catalog, 0ms, false, false);
  EXPECT_FALSE(nothing.select(TaskId{0}, {}));
  EXPECT_FALSE(nothing.closest(TaskId{0}, {}));
  EXPECT_TRUE(nothing.nearest(TaskId{0}, {}).empty());
  nothing.set_accuracy(VariantId{0}, accuracy(1));
  EXPECT_EQ(nothing.candidate(VariantId{0}).accuracy, accuracy(1));
}

// With "pair": small and medium, 93 %; as fast as the medium one, and cheaper than the large one.
TEST(Ensembles, OneIsChosenWhereItIsTheCheapestThatMeetsTheBounds) {
  const Catalog catalog = make_catalog({.ensembles = 1});
  const Selector selector(catalog, 0ms, true, false);
  const Pick pair(EnsembleId{0}, VariantId{0});
  const Candidate& together = selector.candidate(pair);
  EXPECT_EQ(together.latency, 10ms) << "the slowest member";
  EXPECT_EQ(together.cost,
            selector.candidate(VariantId{0}).cost + selector.candidate(VariantId{1}).cost);
  const auto chosen = [&](double least) {
    Constraints c;
    c.min_accuracy = accuracy(least);
    return selector.select(TaskId{0}, c);
  };
  EXPECT_EQ(chosen(0.90), VariantId{1});
  EXPECT_EQ(chosen(0.92), pair);
  EXPECT_EQ(chosen(0.94), VariantId{2});
  EXPECT_EQ(name(catalog, pair), "pair");
  Constraints both;
  both.min_accuracy = accuracy(0.94);
  both.max_latency = 10ms;
  const std::optional<Relaxation> closest = selector.closest(TaskId{0}, both);
  EXPECT_EQ(closest->pick, pair);
  EXPECT_EQ(closest->min_accuracy, accuracy(0.93));
}

TEST(Ensembles, ItsMembersAreQueriesOfTheirOwn) {
  const Catalog catalog = make_catalog({.ensembles = 1});
  Scene scene(catalog);
  const Query asked = query(500ms, 0.92);
  const Route split = scene->arrive(asked, t(1s));
  ASSERT_TRUE(as<Split>(split));
  EXPECT_EQ(split.why, Reason::together);
  EXPECT_EQ(split.predicted_latency, 10ms);
  EXPECT_EQ(scene->status(t(1s)).arrived, 0U) << "the query itself is not waited for";
  for (std::uint32_t m = 0; m < 2; ++m) {
    const Query member = scene->member(asked, EnsembleId{0}, m);
    EXPECT_EQ(member.pinned, VariantId{m});
    EXPECT_EQ(member.constraints.max_latency, 500ms);
    const Route route = scene->arrive(member, t(1s));
    ASSERT_TRUE(as<OnMachine>(route));
    EXPECT_EQ(as<OnMachine>(route)->variant, VariantId{m});
    EXPECT_EQ(route.query_class, split.query_class);
  }
  EXPECT_EQ(scene->status(t(1s)).running, 2);
}

TEST(Ensembles, MembersShareWhatTheQueryMayCost) {
  const Catalog catalog = make_catalog({.ensembles = 1});
  Scene scene(catalog);
  Query asked = query(500ms, 0.92);
  const Pick pair(EnsembleId{0}, VariantId{0});
  const Dollars together = scene->selector().candidate(pair).cost;
  for (const double more : {1.0, 1.5}) {
    asked.constraints.max_cost = together * more;
    ASSERT_TRUE(as<Split>(scene->arrive(asked, t(1s)))) << more;
    Dollars sum;
    for (std::uint32_t m = 0; m < 2; ++m) {
      const Query member = scene->member(asked, EnsembleId{0}, m);
      EXPECT_TRUE(scene->select(member).pick) << "its share is never under what it costs";
      sum += *member.constraints.max_cost;
    }
    EXPECT_NEAR(sum / *asked.constraints.max_cost, 1, 1e-9);
  }
}

TEST(BestEffort, TheNearestIsServedUnderTheBoundsItCanMeet) {
  const Catalog catalog = make_catalog();
  Scene scene(catalog);
  Query hurried = strict(5ms);  // of at least 90 %: nothing does that
  EXPECT_EQ(scene->arrive(hurried, t(1s)).why, Reason::infeasible);
  hurried.constraints.best_effort = true;
  const Selected selected = scene->select(hurried);
  EXPECT_EQ(selected.pick, VariantId{0}) << "80 % is nearer than twice the time";
  EXPECT_EQ(selected.max_latency, 5ms) << "that bound it does meet";
  ASSERT_TRUE(as<OnMachine>(scene->arrive(hurried, t(1s))));

  // 79 % in 1 ms: only the time has to give, and dispatch is held to what it gave.
  Query quick = query(1ms, 0.79, QueryClass::strict);
  quick.constraints.best_effort = true;
  EXPECT_EQ(scene->select(quick).max_latency, 2ms);
  const Route route = scene->arrive(quick, t(2s));
  ASSERT_TRUE(as<OnMachine>(route));
  EXPECT_EQ(as<OnMachine>(route)->variant, VariantId{0});
}

TEST(BestEffort, ItChangesNothingWhereTheBoundsCanBeMet) {
  const Catalog catalog = make_catalog();
  Scene scene(catalog);
  Query plain = strict(200ms);
  Query easy = plain;
  easy.constraints.best_effort = true;
  EXPECT_EQ(scene->select(easy).pick, scene->select(plain).pick);
  EXPECT_EQ(scene->select(easy).max_latency, scene->select(plain).max_latency);
  EXPECT_TRUE(scene->nearest(easy).empty());
}

TEST(BestEffort, APinnedVariantIsServedForWhatItIs) {
  const Catalog catalog = make_catalog();
  Scene scene(catalog);
  Query pinned = query(20ms);
  pinned.pinned = VariantId{2};
  EXPECT_FALSE(scene->select(pinned).pick);
  pinned.constraints.best_effort = true;
  EXPECT_EQ(scene->select(pinned).pick, VariantId{2});
  EXPECT_EQ(scene->select(pinned).max_latency, 50ms);
  EXPECT_THAT(scene->nearest(pinned), ElementsAre(Field(&Relaxation::pick, Pick(VariantId{2}))));
}

TEST(BestEffort, AJournalKeepsItAndWhatWasLearned) {
  const Catalog catalog = make_catalog();
  std::vector<std::string> lines;
  Recorded brain(catalog, settings(), [&](std::string_view line) { lines.emplace_back(line); });
  Query q = query(20ms, 0.99, QueryClass::strict);
  q.constraints.best_effort = true;
  for (const Order& order : brain.tick(t(0s))) {
    if (const Buy* buy = std::get_if<Buy>(&order)) {
      brain.observe({buy->machine, MachineEventKind::ready, {}}, t(0s));
    }
  }
  const Route before = brain.arrive(q, t(1s));
  ASSERT_TRUE(as<OnMachine>(before));
  EXPECT_EQ(as<OnMachine>(before)->variant, VariantId{1});
  brain.accuracy_learned(VariantId{1}, accuracy(0.6), t(2s));
  const Route after = brain.arrive(q, t(3s));
  ASSERT_TRUE(as<OnMachine>(after));
  EXPECT_EQ(as<OnMachine>(after)->variant, VariantId{0});

  const auto replayed = [&] {
    std::size_t at = 0;
    return replay([&](std::string& line) {
      if (at == lines.size()) return false;
      line = lines[at++];
      return true;
    });
  };
  ASSERT_TRUE(replayed().ok()) << replayed().error().message;
  EXPECT_EQ(replayed()->differences, 0U) << replayed()->first_difference;
  // Without what was learned the last decision would be another.
  const auto learned = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find(" accuracy variant=1") != std::string::npos;
  });
  ASSERT_NE(learned, lines.end());
  *learned = "< 2000000000 accuracy variant=1 accuracy=1.5";
  EXPECT_THAT(replayed().error().message, HasSubstr("accuracy out of range"));
  *learned = "< 2000000000 accuracy variant=9 accuracy=0.5";
  EXPECT_THAT(replayed().error().message, HasSubstr("unknown variant"));
  lines.erase(learned);
  EXPECT_GT(replayed()->differences, 0U);
}

}  // namespace
}  // namespace paragon
