// A latency histogram of fixed size: percentiles within 0.8 % over nanoseconds to hours.
//
// Log-linear buckets (as in HdrHistogram): 64 linear steps in each power of two. Recording is a few
// instructions and never allocates; two histograms add up. Percentiles are the upper edge of the
// bucket that holds the rank, so they never flatter.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "base/time.h"

namespace paragon {

class Histogram {
 public:
  // Where a duration is counted: worked out once where it is recorded in several.
  struct Mark {
    std::uint64_t ns;
    std::size_t bucket;
  };
  static Mark mark(Duration d) {  // negative counts as zero
    const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(0, d.count()));
    return {ns, static_cast<std::size_t>(bucket_of(ns))};
  }
  void record(Duration d) { record(mark(d)); }
  void record(const Mark& m) {
    ++counts_[m.bucket];
    ++count_;
    max_ = std::max(max_, static_cast<std::int64_t>(m.ns));
    sum_ += m.ns;
  }
  void add(const Histogram& other);
  std::uint64_t count() const { return count_; }
  Duration percentile(double p) const;  // p in [0, 100]; zero when empty
  Duration mean() const;
  Duration max() const { return Duration(max_); }

 private:
  static constexpr int kSubBits = 6;
  static constexpr int kBuckets = (64 - kSubBits) << kSubBits;
  static int bucket_of(std::uint64_t ns) {
    if (ns < (1U << kSubBits)) return static_cast<int>(ns);
    const int exponent = 63 - std::countl_zero(ns);
    const int step = static_cast<int>((ns >> (exponent - kSubBits)) & ((1U << kSubBits) - 1));
    return ((exponent - kSubBits + 1) << kSubBits) + step;
  }
  static std::uint64_t upper_edge(int bucket);

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
  __extension__ using Sum = unsigned __int128;  // exact: 64 bits of ns hold 584 years
  Sum sum_ = 0;
};

}  // namespace paragon
