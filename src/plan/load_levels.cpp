#include "plan/load_levels.h"

#include <algorithm>
#include <cmath>

namespace paragon::plan {

LoadShape shape_of(Arrivals& arrivals, Duration length, Duration window, std::size_t most) {
  const auto windows = static_cast<std::size_t>(
      std::max<Duration::rep>(1, (length + window - Duration(1)) / window));
  std::vector<double> counts(windows);
  LoadShape shape;
  while (const std::optional<Time> t = arrivals.next()) {
    const auto at = static_cast<std::size_t>(t->time_since_epoch() / window);
    ++counts[std::min(at, windows - 1)];
    ++shape.requests;
  }
  if (shape.requests == 0) return shape;
  std::ranges::sort(counts);
  shape.mean = rate_of(static_cast<double>(shape.requests) / static_cast<double>(windows), window);
  shape.peak = rate_of(counts.back(), window);
  // Levels are as wide as each other in the rate, so the rare peaks keep levels of their own.
  // (A little wider, so that the highest falls into the last one.)
  const double width =
      std::max(1.0, counts.back() - counts.front()) * (1 + 1e-9) / static_cast<double>(most);
  for (std::size_t i = 0; i < windows;) {
    const double end =
        counts.front() + width * (std::floor((counts[i] - counts.front()) / width) + 1);
    double sum = 0;
    const std::size_t begin = i;
    for (; i < windows && (i == begin || counts[i] < end); ++i) sum += counts[i];
    const auto joined = static_cast<double>(i - begin);
    shape.levels.push_back({rate_of(sum / joined, window), joined / static_cast<double>(windows)});
  }
  return shape;
}

}  // namespace paragon::plan
