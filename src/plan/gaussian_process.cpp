#include "plan/gaussian_process.h"

#include <cmath>
#include <limits>

#include "base/check.h"

namespace paragon::plan {
namespace {

constexpr double kLengths[] = {0.1, 0.2, 0.35, 0.6, 1, 1.7, 3};
constexpr double kNoises[] = {1e-6, 1e-3, 1e-2, 1e-1};  // variance, of 1 for the function

double matern(double distance, double length) {
  const double s = std::sqrt(5.0) * distance / length;
  return (1 + s + s * s / 3) * std::exp(-s);
}

double density(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * M_PI); }
double distribution(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

}  // namespace

GaussianProcess::GaussianProcess(const std::vector<std::vector<double>>& points,
                                 const std::vector<double>& values) {
  PARAGON_CHECK(!points.empty() && points.size() == values.size(), "a value for each point");
  const auto count = static_cast<Eigen::Index>(points.size());
  const auto dimensions = static_cast<Eigen::Index>(points.front().size());
  points_.resize(dimensions, count);
  Eigen::VectorXd y(count);
  for (Eigen::Index i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    points_.col(i) = Eigen::Map<const Eigen::VectorXd>(points[at].data(), dimensions);
    y(i) = values[at];
  }
  centre_ = y.mean();
  const double variance = (y.array() - centre_).square().mean();
  spread_ = variance > 0 ? std::sqrt(variance) : 1;
  y = (y.array() - centre_) / spread_;

  Eigen::MatrixXd distances(count, count);
  for (Eigen::Index i = 0; i < count; ++i) {
    distances.col(i) = (points_.colwise() - points_.col(i)).colwise().norm();
  }
  double likeliest = -std::numeric_limits<double>::infinity();
  for (const double length : kLengths) {
    const Eigen::MatrixXd covariance =
        distances.unaryExpr([length](double d) { return matern(d, length); });
    for (const double noise : kNoises) {
      const Eigen::LLT<Eigen::MatrixXd> factor(covariance +
                                               noise * Eigen::MatrixXd::Identity(count, count));
      if (factor.info() != Eigen::Success) continue;
      const Eigen::VectorXd weights = factor.solve(y);
      const double log_determinant = 2 * factor.matrixLLT().diagonal().array().abs().log().sum();
      const double likelihood = -0.5 * y.dot(weights) - 0.5 * log_determinant;
      if (likelihood <= likeliest) continue;
      likeliest = likelihood;
      length_ = length;
      factor_ = factor;
      weights_ = weights;
    }
  }
  PARAGON_CHECK(weights_.size() == count, "values that are finite");
}

GaussianProcess::Belief GaussianProcess::at(const std::vector<double>& point) const {
  const Eigen::Map<const Eigen::VectorXd> x(point.data(), static_cast<Eigen::Index>(point.size()));
  const Eigen::VectorXd near =
      (points_.colwise() - x).colwise().norm().transpose().unaryExpr([this](double d) {
        return matern(d, length_);
      });
  const double variance = 1 - near.dot(factor_.solve(near));
  return {centre_ + spread_ * near.dot(weights_), spread_ * std::sqrt(std::max(0.0, variance))};
}

double expected_improvement(const GaussianProcess::Belief& belief, double least) {
  const double gain = least - belief.mean;
  if (belief.deviation <= 0) return std::max(0.0, gain);
  const double z = gain / belief.deviation;
  return gain * distribution(z) + belief.deviation * density(z);
}

double probability_at_most(const GaussianProcess::Belief& belief, double limit) {
  if (belief.deviation <= 0) return belief.mean <= limit ? 1 : 0;
  return distribution((limit - belief.mean) / belief.deviation);
}

}  // namespace paragon::plan
