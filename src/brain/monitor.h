// The load monitor: what the arrival rate was, over several windows, and how bursty (paper III-B).
//
// Arrivals are counted in one-second samples, kept for ten minutes in a ring; recording one is two
// increments. Peak-to-median is taken over sums of a sampling window, because the answer to "is the
// load bursty?" depends on that window by a factor of three on real traces: the window is always
// named with the ratio.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "base/units.h"

namespace paragon {

class Monitor {
 public:
  static constexpr Duration kSample = std::chrono::seconds(1);
  static constexpr std::size_t kHistory = 600;  // samples
  // Under so many samples too little is known to tell noise from a burst.
  static constexpr std::size_t kFewest = 30;
  // Over which peak to median is looked at.
  static constexpr std::array<Duration, 3> kBurstSpans{
      std::chrono::minutes(1), std::chrono::minutes(5), std::chrono::minutes(10)};

  explicit Monitor(std::size_t variants);

  // `on_function`: the variant that a function would answer it with.
  void record(VariantId variant, VariantId on_function, Time now) {
    if (now >= sample_end_) advance(now);
    ++current_;
    ++total_;
    machines_.record(variant);
    functions_.record(on_function);
  }
  void advance(Time now);  // closes the samples that have passed; time never goes back

  // Mean arrival rate over the last `window` of closed samples (at most the history, at least one
  // sample). Zero before the first sample closes.
  Rate rate(Duration window) const;
  // Highest and median rate of sums over `sampling`-long pieces of the closed samples, of all the
  // history or of the last `over`.
  Rate peak(Duration sampling, Duration over = kSample * kHistory) const;
  Rate median(Duration sampling, Duration over = kSample * kHistory) const;
  // 1 while too little is known.
  double peak_to_median(Duration sampling, Duration over = kSample * kHistory) const;
  // Whether peak to median reaches `at_least` over the last one, five or ten minutes: a short
  // window sees a burst over a quiet present, a long one a rise over a quiet past. True for the
  // first half minute, when nothing is known().
  bool bursty(Duration sampling, double at_least) const;

  // Share of each variant in recent arrivals, exponentially forgotten (half in one minute); sums to
  // 1, or all zero before the first arrival.
  const std::vector<double>& mix() const { return machines_.share; }
  // The same of the variants that functions would answer with.
  const std::vector<double>& mix_on_functions() const { return functions_.share; }

  std::uint64_t arrivals() const { return total_; }
  std::uint64_t closed() const { return closed_total_; }  // samples closed since the start
  std::size_t samples() const { return closed_; }         // of them known, at most kHistory
  bool known() const { return closed_ >= kFewest; }       // enough of them to judge by
  std::uint32_t sample(std::size_t age) const;            // 0 = the last closed one

 private:
  void close_sample();
  std::size_t piece_sums(Duration sampling, Duration over, std::array<double, kHistory>& out) const;

  std::array<std::uint32_t, kHistory> ring_{};
  std::size_t head_ = 0;  // next to write
  std::size_t closed_ = 0;
  std::uint64_t closed_total_ = 0;
  std::uint32_t current_ = 0;
  Time sample_end_{kSample};
  std::uint64_t total_ = 0;
  struct Mix {
    std::vector<std::uint32_t> fresh;  // arrivals in the current sample; all three by variant
    std::vector<double> weight;
    std::vector<double> share;

    explicit Mix(std::size_t variants) : fresh(variants), weight(variants), share(variants) {}
    void record(VariantId variant) { ++fresh[variant.index()]; }
    void close_sample();
  };
  Mix machines_;
  Mix functions_;
};

}  // namespace paragon
