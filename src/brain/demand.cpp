#include "brain/demand.h"

#include <algorithm>
#include <cmath>

namespace paragon {

void Demand::observe(double machines_worth, std::size_t smoothing) {
  raw_[head_] = machines_worth;
  const std::size_t n = std::min(std::max<std::size_t>(smoothing, 1), known_ + 1);
  double sum = 0;
  for (std::size_t age = 0; age < n; ++age) sum += raw_[(head_ + kHistory - age) % kHistory];
  smooth_[head_] = sum / static_cast<double>(n);
  head_ = (head_ + 1) % kHistory;
  known_ = std::min(known_ + 1, kHistory);
}

double Demand::busy(int n, std::size_t window) const {
  const std::size_t samples = std::min(window, known_);
  if (samples == 0) return 0;
  double sum = 0;
  for (std::size_t age = 0; age < samples; ++age) sum += std::clamp(at(age) - (n - 1), 0.0, 1.0);
  return sum / static_cast<double>(samples);
}

void Demand::worth_having(double ratio, double first, const std::size_t* windows, std::size_t count,
                          int* machines) {
  std::fill(full_.begin(), full_.end(), 0);
  std::fill(part_.begin(), part_.end(), 0.0);
  std::size_t age = 0;
  for (std::size_t w = 0; w < count; ++w) {
    const std::size_t window = std::min(windows[w], known_);
    for (; age < window; ++age) {
      const double demand = std::max(0.0, at(age));
      const auto whole = static_cast<std::size_t>(demand);
      if (whole >= full_.size()) {
        full_.resize(whole + 1);
        part_.resize(whole + 1);
      }
      ++full_[whole];
      part_[whole] += demand - static_cast<double>(whole);
    }
    // The n-th machine is full in the samples with n or more, and partly busy in those just below.
    auto full = static_cast<double>(window);
    int n = 0;
    for (std::size_t whole = 0; whole < full_.size(); ++whole) {
      full -= full_[whole];
      const double enough = (n == 0 ? first : ratio) * static_cast<double>(window);
      if (full + part_[whole] < enough) break;
      ++n;
    }
    machines[w] = window == 0 ? 0 : n;
  }
}

}  // namespace paragon
