#include "base/histogram.h"

#include <algorithm>
#include <cmath>

namespace paragon {

std::uint64_t Histogram::upper_edge(int bucket) {
  const int row = bucket >> kSubBits;
  const std::uint64_t step = static_cast<std::uint64_t>(bucket & ((1 << kSubBits) - 1));
  if (row == 0) return step;
  const int shift = row - 1;
  return (((1ULL << kSubBits) + step + 1) << shift) - 1;
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
  return Duration(static_cast<std::int64_t>(sum_ / count_));
}

}  // namespace paragon
