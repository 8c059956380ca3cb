#include "plan/gaussian_process.h"

#include <gtest/gtest.h>

#include <cmath>

namespace paragon::plan {
namespace {

double hills(double x) { return std::sin(6 * x) + x; }

TEST(GaussianProcess, RecoversAFunctionBetweenItsPoints) {
  std::vector<std::vector<double>> points;
  std::vector<double> values;
  for (int i = 0; i <= 10; ++i) {
    points.push_back({i / 10.0});
    values.push_back(hills(i / 10.0));
  }
  const GaussianProcess process(points, values);
  for (double x = 0.02; x < 1; x += 0.07) {
    const auto belief = process.at({x});
    EXPECT_NEAR(belief.mean, hills(x), 0.03) << x;
    EXPECT_LT(std::abs(belief.mean - hills(x)), 4 * belief.deviation + 1e-3) << x;
  }
  // Where it has looked it is sure, and away from there it is not.
  EXPECT_LT(process.at({0.5}).deviation, 0.02);
  points.resize(6);
  values.resize(6);
  const GaussianProcess half(points, values);
  EXPECT_GT(half.at({1.0}).deviation, 10 * half.at({0.45}).deviation);
}

TEST(GaussianProcess, OfOneValueOrEqualOnesBelievesThem) {
  EXPECT_NEAR(GaussianProcess({{0.3, 0.7}}, {5}).at({0.3, 0.7}).mean, 5, 1e-6);
  EXPECT_NEAR(GaussianProcess({{0.1}, {0.9}}, {2, 2}).at({0.5}).mean, 2, 1e-6);
  // The same point twice with two values: noise, not an error.
  EXPECT_NEAR(GaussianProcess({{0.5}, {0.5}}, {1, 3}).at({0.5}).mean, 2, 1e-6);
}

TEST(GaussianProcess, ImprovementByHand) {
  EXPECT_DOUBLE_EQ(expected_improvement({3, 0}, 5), 2);
  EXPECT_DOUBLE_EQ(expected_improvement({6, 0}, 5), 0);
  // At the best value itself: deviation / sqrt(2 pi).
  EXPECT_NEAR(expected_improvement({5, 1}, 5), 0.39894, 1e-5);
  EXPECT_NEAR(expected_improvement({4, 1}, 5), 1 * 0.841345 + 0.241971, 1e-5);
  EXPECT_NEAR(probability_at_most({1, 2}, 1), 0.5, 1e-12);
  EXPECT_NEAR(probability_at_most({0, 1}, 1.6449), 0.95, 1e-4);
  EXPECT_DOUBLE_EQ(probability_at_most({2, 0}, 1), 0);
}

}  // namespace
}  // namespace paragon::plan
