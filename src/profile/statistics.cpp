#include "profile/statistics.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace paragon::profile {

Duration quantile(std::span<const Duration> sorted, double share) {
  PARAGON_CHECK(!sorted.empty(), "a quantile of nothing");
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double step = static_cast<double>((sorted[below + 1] - sorted[below]).count());
  return sorted[below] + Duration(std::llround((place - static_cast<double>(below)) * step));
}

Duration median(std::vector<Duration> values) {
  std::sort(values.begin(), values.end());
  return quantile(values, 0.5);
}

std::vector<Duration> thinned(std::span<const Duration> sorted, std::size_t most) {
  if (sorted.size() <= most) return {sorted.begin(), sorted.end()};
  std::vector<Duration> points;
  points.reserve(most);
  const double part = static_cast<double>(sorted.size()) / static_cast<double>(most);
  for (std::size_t i = 0; i < most; ++i) {
    points.push_back(sorted[static_cast<std::size_t>((static_cast<double>(i) + 0.5) * part)]);
  }
  return points;
}

void add_points(std::span<const Duration> points, std::size_t runs, std::vector<Weighted>& into) {
  const double weight = static_cast<double>(runs) / static_cast<double>(points.size());
  for (const Duration point : points) into.push_back({point, weight});
}

Duration quantile(std::vector<Weighted> values, double share) {
  PARAGON_CHECK(!values.empty(), "a quantile of nothing");
  std::sort(values.begin(), values.end(),
            [](const Weighted& a, const Weighted& b) { return a.value < b.value; });
  double all = 0;
  for (const Weighted& v : values) all += v.weight;
  double sum = 0;
  for (const Weighted& v : values) {
    sum += v.weight;
    if (sum >= share * all) return v.value;
  }
  return values.back().value;
}

double expected_difference(std::span<const Duration> rounds) {
  if (rounds.size() < 2) return 1;
  const double n = static_cast<double>(rounds.size());
  double mean = 0;
  for (const Duration round : rounds) mean += seconds(round) / n;
  double square = 0;
  for (const Duration round : rounds) square += std::pow(seconds(round) - mean, 2);
  const double scatter = std::sqrt(square / (n - 1));
  const double middle = seconds(median({rounds.begin(), rounds.end()}));
  if (middle <= 0) return scatter > 0 ? 1 : 0;
  return 1.96 * std::sqrt(2.0) * 1.2533 * scatter / std::sqrt(n) / middle;
}

Interval wilson95(std::size_t right, std::size_t of) {
  if (of == 0) return {accuracy(0), accuracy(1)};
  constexpr double z = 1.959964;
  const double n = static_cast<double>(of);
  const double p = static_cast<double>(right) / n;
  const double middle = p + z * z / (2 * n);
  const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double whole = 1 + z * z / n;
  // At the ends the interval ends there exactly; arithmetic would miss it by a hair.
  return {accuracy(right == 0 ? 0 : (middle - half) / whole),
          accuracy(right == of ? 1 : (middle + half) / whole)};
}

}  // namespace paragon::profile
