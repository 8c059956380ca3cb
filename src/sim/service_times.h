// Service times as they are drawn: lognormal around the profile's median, with its 99th percentile.
//
// A query brings a quantile with it, drawn when it arrives, so that every scheme meets the same
// slow and fast queries, and so does a second attempt. The factor over the median is read from a
// table with straight lines between its knots; the first and the last cell are computed exactly, so
// the tails are right. (libm alone would cost more than the whole event loop.)
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "catalog/catalog.h"

namespace paragon::sim {

// The standard normal deviate that is not exceeded with probability p, 0 < p < 1.
double normal_quantile(double p);

class ServiceTimes {
 public:
  explicit ServiceTimes(const Catalog& catalog);

  // How many medians a query of this quantile (all 32 bits of it) takes with the variant.
  double factor(VariantId variant, std::uint32_t quantile) const {
    const std::uint32_t cell = quantile >> (32 - kBits);
    if (cell == 0 || cell == kCells - 1) return tail(variant, quantile);
    const double* knot = knots_.data() + variant.index() * kCells + cell;
    const double part = static_cast<double>(quantile << kBits) * 0x1.0p-32;
    return knot[0] + (knot[1] - knot[0]) * part;
  }
  Duration draw(VariantId variant, Duration median, std::uint32_t quantile) const {
    if (sigma_[variant.index()] == 0) return median;
    return Duration(
        static_cast<std::int64_t>(static_cast<double>(median.count()) * factor(variant, quantile)));
  }

 private:
  static constexpr int kBits = 8;
  static constexpr std::uint32_t kCells = 1U << kBits;
  double tail(VariantId variant, std::uint32_t quantile) const;

  std::vector<double> knots_;  // variant-major: the factor at the lower edge of each cell
  std::vector<double> sigma_;  // of the logarithm, by variant
};

}  // namespace paragon::sim
