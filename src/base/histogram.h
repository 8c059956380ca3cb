// A latency histogram of fixed size: percentiles within 0.8 % over nanoseconds to hours.
//
// Log-linear buckets (as in HdrHistogram): 64 linear steps in each power of two. Recording is a few
// instructions and never allocates; two histograms add up. Percentiles are the upper edge of the
// bucket that holds the rank, so they never flatter.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"

namespace paragon {

class Histogram {
 public:
  void record(Duration d);             // negative counts as zero
  void add(const Histogram& other);
  std::uint64_t count() const { return count_; }
  Duration percentile(double p) const;  // p in [0, 100]; zero when empty
  Duration mean() const;
  Duration max() const { return Duration(max_); }

 private:
  static constexpr int kSubBits = 6;
  static constexpr int kBuckets = (64 - kSubBits) << kSubBits;
  static int bucket_of(std::uint64_t ns);
  static std::uint64_t upper_edge(int bucket);

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
  long double sum_ = 0;
};

}  // namespace paragon
