#include "sim/bound_load.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "sim/simulation.h"

namespace paragon::sim {
namespace {

constexpr double kRatioMax = 1e4;  // stands for "no function will do"
constexpr std::size_t kGroupsMax = 3;
constexpr std::size_t kSpansMax = 8;

// Groups of nearly equal ratios, as coarse as it takes to have few of them.
std::vector<double> group_ratios(std::vector<double> ratios) {
  std::ranges::sort(ratios, std::greater<>());
  for (double apart = 1.05;; apart *= 1.2) {
    std::vector<double> groups;
    for (const double r : ratios) {
      if (groups.empty() || r * apart < groups.back()) groups.push_back(r);
    }
    if (groups.size() <= kGroupsMax) return groups;
  }
}

std::vector<std::size_t> thin(std::vector<std::size_t> spans) {
  std::ranges::sort(spans);
  for (double apart = 1;; apart *= 1.2) {
    std::vector<std::size_t> kept;
    for (const std::size_t s : spans) {
      if (kept.empty() || static_cast<double>(s) > apart * static_cast<double>(kept.back())) {
        kept.push_back(s);
      }
    }
    if (kept.size() <= kSpansMax) return kept;
  }
}

}  // namespace

Status each_query(const Scenario& scenario, const LeastCosts& costs, const Visit& visit) {
  Result<ArrivalsPtr> arrivals = scenario.load.arrivals();
  if (!arrivals) return arrivals.error();
  const auto stream = [&](Stream name) {
    return Random(scenario.seed).stream(static_cast<std::uint64_t>(name));
  };
  Random classes = stream(Stream::classes);
  Random quantiles = stream(Stream::quantiles);
  while (const std::optional<Time> t = (*arrivals)->next()) {
    const std::size_t of_class = scenario.load.mix.draw(classes);
    const auto quantile = static_cast<std::uint32_t>(quantiles.bits() >> 32);
    visit(*t, costs.kind_of(of_class), quantile);
  }
  return {};
}

WorkByWindow::WorkByWindow(const LeastCosts& costs, Windows windows) : windows_(windows) {
  std::vector<double> ratios;
  const auto ratio_of = [](const LeastCosts::Kind& kind) {
    return kind.work > 0 && std::isfinite(kind.work) ? std::min(kRatioMax, kind.call / kind.work)
                                                     : 0;
  };
  for (const LeastCosts::Kind& kind : costs.kinds()) {
    if (ratio_of(kind) > 0) ratios.push_back(ratio_of(kind));
  }
  ratios_ = group_ratios(ratios);
  for (const LeastCosts::Kind& kind : costs.kinds()) {
    deadlines_.push_back(kind.deadline);
    // The group whose ratio is next above, which is the first of those within its reach.
    std::size_t group = 0;
    while (group + 1 < ratios_.size() && ratio_of(kind) <= ratios_[group + 1]) ++group;
    group_.push_back(group);
    const std::size_t least = kind.deadline == Duration::max()
                                  ? windows_.count
                                  : static_cast<std::size_t>(kind.deadline / windows_.length) + 1;
    spans_.push_back(std::min(least, windows_.count));
    spans_.push_back(std::min(least + 1, windows_.count));
  }
  spans_ = thin(spans_);
  total_.assign(windows_.count, 0);
  work_.assign(ratios_.size() * spans_.size(), std::vector<float>(windows_.count));
}

std::size_t WorkByWindow::rounded(std::size_t span) const {
  const auto above = std::ranges::upper_bound(spans_, span);
  return static_cast<std::size_t>(std::max(above, spans_.begin() + 1) - spans_.begin()) - 1;
}

void WorkByWindow::add(Time arrival, std::uint32_t kind, double work) {
  const std::size_t first = windows_.of(arrival);
  const std::size_t last = windows_.last(arrival, deadlines_[kind]);
  work_[group_[kind] * spans_.size() + rounded(last - first + 1)][first] +=
      static_cast<float>(work);
  total_[first] += static_cast<float>(work);
}

}  // namespace paragon::sim
