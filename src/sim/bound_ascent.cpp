#include "sim/bound_ascent.h"

#include <algorithm>

namespace paragon::sim {

double estimate(const WorkByWindow& load, const std::vector<double>& price,
                std::vector<double>* used, bool last) {
  const std::size_t windows = price.size();
  if (used != nullptr) used->assign(windows, 0);
  static thread_local std::vector<std::uint32_t> least;
  least.resize(windows);
  std::vector<std::uint32_t> rising(windows);
  double sum = 0;
  for (std::size_t s = 0; s < load.spans().size(); ++s) {
    const std::size_t span = load.spans()[s];
    // A queue of windows whose prices rise towards the back of it; its front is at `head`.
    std::size_t head = windows;
    std::size_t back = windows;
    for (std::size_t i = windows; i-- > 0;) {
      while (head < back &&
             (last ? price[rising[head]] > price[i] : price[rising[head]] >= price[i])) {
        ++head;
      }
      if (head == back) head = back = windows;
      rising[--head] = static_cast<std::uint32_t>(i);
      while (rising[back - 1] >= i + span) --back;
      least[i] = rising[back - 1];
    }
    for (std::size_t g = 0; g < load.ratios().size(); ++g) {
      const std::vector<float>& work = load.arriving(g, s);
      const double ratio = load.ratios()[g];
      for (std::size_t i = 0; i < windows; ++i) {
        const double p = price[least[i]];
        sum += work[i] * std::min(ratio, p);
        if (used != nullptr && p < ratio) (*used)[least[i]] += work[i];
      }
    }
  }
  return sum;
}

ShadowPrices ascend(const WorkByWindow& load, ShadowPrices prices, const Start& start,
                    const std::vector<double>& machines, double aim, int steps) {
  const double length = prices.windows.seconds();
  ShadowPrices best = prices;
  std::vector<double> used;
  double highest = estimate(load, prices.price);
  double step_size = 1;
  int since = 0;
  for (int step = 0; step < steps; ++step) {
    const double now = estimate(load, prices.price, &used, step % 2 == 0);
    if (now > highest) {
      highest = now;
      best = prices;
      since = 0;
    } else if (++since == 20) {
      step_size *= 0.6;
      since = 0;
      prices = best;
      continue;
    }
    double norm = 0;
    for (std::size_t i = 0; i < used.size(); ++i) {
      used[i] -= machines[i] * length;
      norm += used[i] * used[i];
    }
    if (norm <= 0) break;
    const double by = step_size * std::max(0.0, aim - now) / norm;
    for (std::size_t i = 0; i < used.size(); ++i) prices.price[i] += by * used[i];
    make_sound(prices, start, step % 4 < 2 ? Pass::forwards : Pass::backwards);
  }
  return best;
}

}  // namespace paragon::sim
