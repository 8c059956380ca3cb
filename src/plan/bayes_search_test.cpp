#include "plan/bayes_search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace paragon::plan {
namespace {

TEST(BayesSearch, HaltonIsTheMirroredDigits) {
  EXPECT_DOUBLE_EQ(halton(1, 0), 0.5);
  EXPECT_DOUBLE_EQ(halton(6, 0), 0.375);              // 110 in base 2: .011
  EXPECT_DOUBLE_EQ(halton(5, 1), 2.0 / 3 + 1.0 / 9);  // 12 in base 3: .21
}

// A bowl whose bottom is forbidden: cost 1 + |x - (0.3, 0.6)|^2, to be had where x + y >= 1.2.
BayesSearch::Look look_at(const Point& p) {
  const double cost = 1 + std::pow(p[0] - 0.3, 2) + std::pow(p[1] - 0.6, 2);
  return {p, cost, 5 * (1.2 - p[0] - p[1])};
}

BayesSearch searched(std::size_t most) {
  BayesSearch search({.dimensions = 2, .first = {{0.9, 0.9}}, .looks_most = most, .worth = 0});
  while (const auto point = search.next()) search.tell(look_at(*point));
  return search;
}

TEST(BayesSearch, FindsTheBestThatKeepsTheBound) {
  const BayesSearch search = searched(25);
  ASSERT_NE(search.best(), nullptr);
  EXPECT_LE(search.best()->bounded, 0);
  // By Lagrange: (0.45, 0.75), at 1.045.
  EXPECT_NEAR(search.best()->cost, 1.045, 0.005);
  // A quasi-random search of as many looks comes nowhere near.
  double random_best = 1e9;
  for (std::size_t i = 1; i <= 25; ++i) {
    const auto look = look_at({halton(i, 0), halton(i, 1)});
    if (look.bounded <= 0) random_best = std::min(random_best, look.cost);
  }
  EXPECT_LT(search.best()->cost, random_best);
}

TEST(BayesSearch, IsTheSameEachTime) {
  const BayesSearch a = searched(10);
  const BayesSearch b = searched(10);
  ASSERT_EQ(a.looks().size(), 10U);
  for (std::size_t i = 0; i < a.looks().size(); ++i) {
    EXPECT_EQ(a.looks()[i].point, b.looks()[i].point) << i;
  }
  EXPECT_EQ(a.looks()[0].point, (Point{0.9, 0.9}));
}

TEST(BayesSearch, EndsWhenLittleIsToBeExpected) {
  // A flat cost: after the least number of looks there is nothing to find.
  BayesSearch flat({.dimensions = 3});
  while (const auto point = flat.next()) flat.tell({*point, 7, -1});
  EXPECT_EQ(flat.looks().size(), 6U);
  // A bound that cannot be kept is looked for until the end; the nearest is the best.
  BayesSearch never({.dimensions = 1, .looks_most = 9});
  while (const auto point = never.next()) never.tell({*point, 1, 1 + (*point)[0]});
  EXPECT_EQ(never.looks().size(), 9U);
  EXPECT_LT(never.best()->point[0], 0.1);
}

}  // namespace
}  // namespace paragon::plan
