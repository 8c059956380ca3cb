#include "brain/forecast.h"

#include <algorithm>
#include <cmath>

namespace paragon {
namespace {

// Standard normal quantile for 0.5 <= p <= 0.999.
double normal_quantile(double p) {
  // Bisection on erf is plenty: called a few times a tick.
  double low = 0;
  double high = 4;
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    (0.5 * (1 + std::erf(middle / std::sqrt(2.0))) < p ? low : high) = middle;
  }
  return low;
}

}  // namespace

void Forecast::observe(Rate sample) {
  const double x = sample.value;
  if (!started_) {
    started_ = true;
    level_ = x;
    return;
  }
  const double expected = level_ + kDamping * trend_;
  const double error = x - expected;
  deviation_ += kErrorGain * (std::abs(error) - deviation_);
  level_ = std::max(0.0, expected + kLevelGain * error);
  trend_ = kDamping * trend_ + kTrendGain * error;
}

Rate Forecast::expect(Duration ahead) const {
  // Sum of the damped trend over the horizon: trend x (d + d^2 + ... + d^h).
  const double h = std::max(0.0, seconds(ahead));
  const double reach = kDamping * (1 - std::pow(kDamping, h)) / (1 - kDamping);
  return per_second(std::max(0.0, level_ + trend_ * reach));
}

Rate Forecast::at_most(Duration ahead, double probability) const {
  // Mean absolute error x 1.25 estimates the deviation of one sample. The level as it is known has
  // gain / (2 - gain) of its variance, and wanders on by gain^2 of it with every sample.
  const double steps = std::max(0.0, seconds(ahead));
  const double variance = kLevelGain / (2 - kLevelGain) + kLevelGain * kLevelGain * steps;
  const double band = 1.25 * deviation_ * std::sqrt(variance);
  return per_second(std::max(0.0, expect(ahead).value + normal_quantile(probability) * band));
}

}  // namespace paragon
