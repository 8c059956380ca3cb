#include "base/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace paragon {

int Histogram::bucket_of(std::uint64_t ns) {
  if (ns < (1U << kSubBits)) return static_cast<int>(ns);
  const int exponent = 63 - std::countl_zero(ns);
  const int step = static_cast<int>((ns >> (exponent - kSubBits)) & ((1U << kSubBits) - 1));
  return ((exponent - kSubBits + 1) << kSubBits) + step;
}

std::uint64_t Histogram::upper_edge(int bucket) {
  const int row = bucket >> kSubBits;
  const std::uint64_t step = static_cast<std::uint64_t>(bucket & ((1 << kSubBits) - 1));
  if (row == 0) return step;
  const int shift = row - 1;
  return (((1ULL << kSubBits) + step + 1) << shift) - 1;
}

void Histogram::record(Duration d) {
  const std::int64_t ns = std::max<std::int64_t>(0, d.count());
  ++counts_[static_cast<std::size_t>(bucket_of(static_cast<std::uint64_t>(ns)))];
  ++count_;
  max_ = std::max(max_, ns);
  sum_ += static_cast<long double>(ns);
}

void Histogram::add(const Histogram& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

Duration Histogram::percentile(double p) const {
  if (count_ == 0) return Duration::zero();
  const auto rank = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(p / 100.0 * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (int b = 0; b < kBuckets; ++b) {
    seen += counts_[static_cast<std::size_t>(b)];
    if (seen >= rank) {
      return Duration(std::min<std::int64_t>(static_cast<std::int64_t>(upper_edge(b)), max_));
    }
  }
  return max();
}

Duration Histogram::mean() const {
  if (count_ == 0) return Duration::zero();
  return Duration(static_cast<std::int64_t>(sum_ / static_cast<long double>(count_)));
}

}  // namespace paragon
