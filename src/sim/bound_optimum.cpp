#include "sim/bound_optimum.h"

#include <algorithm>
#include <cmath>

#include "sim/bound_ascent.h"
#include "sim/bound_leases.h"

namespace paragon::sim {
namespace {

constexpr std::size_t kLevels = 96;
constexpr double kWindowsMost = 100'000;
constexpr double kWindowLongest = 1;  // seconds; queues of a second or less hardly change the cost
constexpr double kWindowShortest = 0.02;
constexpr Duration kBlock = std::chrono::seconds(15);
// How far prices are smoothed over time. A query that can wait looks for the least price in its
// reach, so prices that go up and down prove little; which smoothing proves most is tried.
constexpr double kSmooth[] = {0, 15, 30, 60};  // seconds

struct Extent {
  Time last{};
  Duration shortest = Duration::max();  // deadlines
  Duration longest{};
};

Result<Extent> extent_of(const Scenario& scenario, const LeastCosts& costs) {
  Result<ArrivalsPtr> arrivals = scenario.load.arrivals();
  if (!arrivals) return arrivals.error();
  Extent extent;
  while (const std::optional<Time> t = (*arrivals)->next()) extent.last = *t;
  for (const LeastCosts::Kind& kind : costs.kinds()) {
    if (kind.deadline == Duration::max()) continue;
    extent.shortest = std::min(extent.shortest, kind.deadline);
    extent.longest = std::max(extent.longest, kind.deadline);
  }
  return extent;
}

std::vector<double> smoothed(const std::vector<double>& price, std::size_t from, std::size_t half) {
  std::vector<double> up_to(price.size() + 1);
  for (std::size_t i = 0; i < price.size(); ++i) up_to[i + 1] = up_to[i] + price[i];
  std::vector<double> out = price;
  for (std::size_t i = from; i < price.size(); ++i) {
    const std::size_t a = std::max(from, i > half ? i - half : 0);
    const std::size_t b = std::min(price.size(), i + half + 1);
    out[i] = (up_to[b] - up_to[a]) / static_cast<double>(b - a);
  }
  return out;
}

}  // namespace

Result<Optimum> fluid_optimum(const Scenario& scenario, const LeastCosts& costs, double finer,
                              bool with_prices) {
  const Result<Extent> extent = extent_of(scenario, costs);
  if (!extent) return extent.error();
  const Duration length = extent->last.time_since_epoch() + extent->longest + Duration(1);
  const double finest = std::clamp(
      extent->shortest == Duration::max() ? kWindowLongest : 2 * seconds(extent->shortest),
      kWindowShortest, kWindowLongest);
  const double window = std::max(finest / finer, seconds(length) / kWindowsMost);

  // Windows that are longer let the prices see further; the finest tell what they are worth.
  std::vector<WorkByWindow> loads;
  for (const double times : {1, 5, 10, 30}) {
    if (times > 1 && !with_prices) break;
    const Duration of = from_seconds(window * times);
    loads.emplace_back(costs, Windows{of, static_cast<std::size_t>(length / of) + 1});
  }
  const Status read =
      each_query(scenario, costs, [&](Time arrival, std::uint32_t kind, std::uint32_t quantile) {
        const double work = costs.least(kind, quantile).work;
        if (!std::isfinite(work)) return;
        for (WorkByWindow& load : loads) load.add(arrival, kind, work);
      });
  if (!read) return read.error();

  const Start start(*scenario.catalog, costs.liberty());
  const WorkByWindow& fine = loads.front();
  const Windows& windows = fine.windows();
  const auto early = static_cast<std::size_t>(start.until() / windows.length);
  // All machine time at what it costs: sound, and hard to beat where the load never changes.
  ShadowPrices best{windows, std::vector<double>(windows.count, 1)};
  if (fine.ratios().empty() || !with_prices)
    return Optimum{std::move(loads.front()), std::move(best), start};
  std::vector<double> machines(windows.count);
  double proves = estimate(fine, best.price);
  double cost = 0;
  for (const WorkByWindow& load : loads) {
    const double times = load.windows().seconds() / windows.seconds();
    const Leases leases = best_leases(
        load, start.boot(1), static_cast<std::size_t>(start.until() / load.windows().length),
        std::max(kBlock, load.windows().length), kLevels);
    std::vector<double> price(windows.count, fine.ratios().front());
    for (std::size_t i = early; i < windows.count; ++i) {
      const auto at = std::min(load.windows().count - 1,
                               static_cast<std::size_t>((static_cast<double>(i) + 0.5) / times));
      price[i] = leases.prices[at];
      if (&load == &fine) machines[i] = leases.machines[at / leases.block];
    }
    if (&load == &fine) cost = leases.cost;
    for (const double over : kSmooth) {
      const auto half = static_cast<std::size_t>(over / 2 / windows.seconds());
      ShadowPrices candidate{windows, smoothed(price, early, half)};
      make_sound(candidate, start);
      const double now = estimate(fine, candidate.price);
      if (now <= proves) continue;
      proves = now;
      best = std::move(candidate);
    }
  }
  const int steps = std::clamp(static_cast<int>(4e6 / static_cast<double>(windows.count)), 50, 800);
  best = ascend(fine, std::move(best), start, machines, cost, steps);
  return Optimum{std::move(loads.front()), std::move(best), start};
}

std::vector<int> Optimum::whole_machines(double yields) const {
  return best_whole_machines(load, start.boot(1),
                             static_cast<std::size_t>(start.until() / load.windows().length),
                             kBlock, yields);
}

}  // namespace paragon::sim
