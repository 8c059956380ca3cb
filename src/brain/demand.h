// The demand on machines, second by second, and how many machines it made worth having.
//
// Demand is work: one machine's worth is what keeps one machine of an offer busy. A machine is
// worth its price over a stretch of time when the work it would have taken, done by functions
// instead, costs more. The n-th machine takes E[clamp(D - (n-1), 0, 1)], which falls with n, so the
// last one worth having is found by one pass over the distribution of D: the newsvendor's critical
// fractile (Arrow, Harris and Marschak, 1951) for a stock of machines.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace paragon {

class Demand {
 public:
  static constexpr std::size_t kHistory = 600;  // seconds

  // The work that arrived in one second, in machines' worth. `smoothing`: over how many seconds
  // work can be put off, because queries wait; peaks shorter than that need no machine. 1 or more.
  void observe(double machines_worth, std::size_t smoothing);

  double latest() const { return known_ == 0 ? 0 : at(0); }  // smoothed, the last second

  std::size_t known() const { return known_; }  // seconds, at most kHistory
  // The share of the last `window` seconds, as far as they are known, that the n-th machine would
  // have been busy, 0 to 1; n from 1.
  double busy(int n, std::size_t window = kHistory) const;

  // For each window (ascending, in seconds): the most machines of which each was worth `ratio` of
  // its time, and the first `first` of it, 0 < first <= ratio. Windows longer than what is known
  // use all of it.
  void worth_having(double ratio, double first, const std::size_t* windows, std::size_t count,
                    int* machines);

 private:
  double at(std::size_t age) const { return smooth_[(head_ + kHistory - 1 - age) % kHistory]; }

  std::array<double, kHistory> raw_{};
  std::array<double, kHistory> smooth_{};
  std::size_t head_ = 0;
  std::size_t known_ = 0;
  std::vector<std::uint32_t> full_;  // samples by whole machines of demand
  std::vector<double> part_;         // and the sum of what they have beyond
};

}  // namespace paragon
