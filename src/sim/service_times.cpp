#include "sim/service_times.h"

#include <cmath>
#include <numbers>

namespace paragon::sim {
namespace {

// Acklam's rational approximation (2003), good to 1.2e-9.
double approximate_quantile(double p) {
  constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                          1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                          6.680131188771972e+01, -1.328068155288572e+01};
  constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                          -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                          3.754408661907416e+00};
  constexpr double kLow = 0.02425;
  const auto in_tail = [&](double q) {
    return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
           ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
  };
  if (p < kLow) return in_tail(std::sqrt(-2 * std::log(p)));
  if (p > 1 - kLow) return -in_tail(std::sqrt(-2 * std::log1p(-p)));
  const double q = p - 0.5;
  const double r = q * q;
  return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
         (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
}

}  // namespace

double normal_quantile(double p) {
  const double x = approximate_quantile(p);
  // One step of Halley's method takes the error to rounding.
  const double e = 0.5 * std::erfc(-x / std::numbers::sqrt2) - p;
  const double u = e * std::sqrt(2 * std::numbers::pi) * std::exp(x * x / 2);
  return x - u / (1 + x * u / 2);
}

ServiceTimes::ServiceTimes(const Catalog& catalog) {
  for (std::uint32_t v = 0; v < catalog.variants().size(); ++v) {
    const MeasuredProfile& p = catalog.profile(VariantId{v});
    const double sigma = service_sigma(p.service_p50, p.service_p99);
    sigma_.push_back(sigma);
    knots_.push_back(0);  // of the first cell, which is never read
    for (std::uint32_t cell = 1; cell < kCells; ++cell) {
      knots_.push_back(std::exp(sigma * normal_quantile(cell / static_cast<double>(kCells))));
    }
  }
}

double ServiceTimes::tail(VariantId variant, std::uint32_t quantile) const {
  const double p = (static_cast<double>(quantile) + 0.5) * 0x1.0p-32;
  return std::exp(sigma_[variant.index()] * normal_quantile(p));
}

}  // namespace paragon::sim
