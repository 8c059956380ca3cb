#include "plan/erlang.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace paragon::plan {
namespace {

// The integral over a stretch of `length` of an exponential that is exp(exponent) where it begins,
// worked out from its higher end, so that no part of it overflows.
double area(double exponent, double slope, double length) {
  const double z = slope * length;
  if (std::abs(z) < 1e-12) return std::exp(exponent) * length;
  return std::exp(std::max(exponent, exponent + z)) * -std::expm1(-std::abs(z)) / std::abs(slope);
}

}  // namespace

double erlang_b(int slots, double load) {
  double blocked = 1;
  for (int n = 1; n <= slots; ++n) blocked = load * blocked / (n + load * blocked);
  return blocked;
}

OfferedWait::OfferedWait(Rate arrivals, Duration service, int slots,
                         std::span<const Patience> patience, double variability)
    : scale_(variability) {
  if (arrivals.value <= 0) {
    waits_ = 0;
    return;
  }
  if (slots <= 0) {
    endless_ = true;
    return;
  }
  std::vector<Patience> sorted(patience.begin(), patience.end());
  std::ranges::sort(sorted, {}, &Patience::wait);
  const double served = slots / seconds(service);
  double patient = 1;
  Piece piece{0, 0, arrivals.value - served};
  for (const Patience& p : sorted) {
    if (p.wait == Duration::max()) break;
    const double at = seconds(p.wait) / scale_;
    const double exponent = piece.exponent + piece.slope * (at - piece.from);
    pieces_.push_back(piece);
    most_ = std::max(most_, exponent);
    patient = std::max(0.0, patient - p.share);
    piece = {at, exponent, arrivals.value * patient - served};
  }
  pieces_.push_back(piece);
  // What never leaves is more than the slots can serve. A share of 1e-9 is rounding.
  if (piece.slope >= -1e-9 * served) {
    endless_ = true;
    return;
  }
  whole_ = integral(0);
  const double blocked = erlang_b(slots - 1, arrivals.value * seconds(service));
  const double odds = most_ + std::log(arrivals.value * whole_) + std::log(blocked);
  waits_ = 1 / (1 + std::exp(-odds));
}

double OfferedWait::integral(double from) const {
  double sum = 0;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const Piece& piece = pieces_[i];
    const bool last = i + 1 == pieces_.size();
    const double begin = std::max(from, piece.from);
    if (!last && begin >= pieces_[i + 1].from) continue;
    const double exponent = piece.exponent + piece.slope * (begin - piece.from) - most_;
    sum += last ? std::exp(exponent) / -piece.slope
                : area(exponent, piece.slope, pieces_[i + 1].from - begin);
  }
  return sum;
}

double OfferedWait::longer_than(Duration t) const {
  if (endless_ || waits_ == 0) return endless_ ? 1 : 0;
  if (t == Duration::max()) return 0;
  return waits_ * std::min(1.0, integral(seconds(t) / scale_) / whole_);
}

}  // namespace paragon::plan
