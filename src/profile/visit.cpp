#include "profile/visit.h"

#include <algorithm>

#include "base/check.h"
#include "profile/statistics.h"

namespace paragon::profile {
namespace {

double middle(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

// The kernel counts processor time in hundredths of a second: less than this is no difference.
constexpr double kAsQuiet = 0.005;

// The quieter half, and all that are as quiet as the last of it; at least `least`, of equally quiet
// ones the earlier.
std::vector<const Visit*> quieter(std::span<const Visit> visits, std::size_t least) {
  std::vector<const Visit*> order;
  for (const Visit& visit : visits) order.push_back(&visit);
  std::stable_sort(order.begin(), order.end(),
                   [](const Visit* a, const Visit* b) { return a->others < b->others; });
  std::size_t count = std::min(order.size(), std::max((order.size() + 1) / 2, least));
  const double last = order[count - 1]->others;
  while (count < order.size() && order[count]->others <= last + kAsQuiet) ++count;
  order.resize(count);
  return order;
}

double beyond_whiskers(const std::vector<Weighted>& runs) {
  const Duration low = quantile(runs, 0.25), high = quantile(runs, 0.75);
  const Duration fence = high + 3 * (high - low);
  double all = 0, out = 0;
  for (const Weighted& run : runs) {
    all += run.weight;
    if (run.value > fence) out += run.weight;
  }
  return out / all;
}

}  // namespace

CellTimes sum_up(std::span<const Visit> visits, std::size_t least) {
  PARAGON_CHECK(!visits.empty(), "a cell that was never visited");
  const auto counted = quieter(visits, least);
  CellTimes times;
  times.visits = visits.size();
  times.counted = counted.size();
  std::vector<Duration> medians, means;
  std::vector<double> rates, others;
  std::vector<Weighted> runs;
  for (const Visit* visit : counted) {
    medians.push_back(quantile(visit->points, 0.5));
    means.push_back(visit->mean);
    times.p99s.push_back(visit->p99);
    rates.push_back(visit->rate.value);
    others.push_back(visit->others);
    times.runs += visit->runs;
    add_points(visit->points, visit->runs, runs);
  }
  times.p50 = median(medians);
  times.mean = median(means);
  times.rate = per_second(middle(rates));
  times.others = middle(others);
  // Pooled quantiles can lie below the median of medians by a hair; a profile never says so.
  times.p95 = std::max(times.p50, quantile(runs, 0.95));
  times.p99 = std::max(times.p95, quantile(runs, 0.99));
  times.difference = expected_difference(medians);
  times.outliers = beyond_whiskers(runs);
  return times;
}

}  // namespace paragon::profile
