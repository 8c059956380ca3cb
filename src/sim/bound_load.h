// The load in windows of time, as work: what shadow prices (bound_prices.h) are made from and what
// they are worth.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"
#include "sim/bound_costs.h"
#include "sim/scenario.h"

namespace paragon::sim {

// Calls `visit` with each query of the load, in order: the very ones that run() would meet, with
// the same class and the same quantile of service times. Errors: the trace cannot be read.
using Visit = std::function<void(Time arrival, std::uint32_t kind, std::uint32_t quantile)>;
Status each_query(const Scenario& scenario, const LeastCosts& costs, const Visit& visit);

// Windows are numbered from time 0. A query may be worked on from the window in which it arrives to
// the one in which its deadline lies.
struct Windows {
  Duration length{};
  std::size_t count = 0;  // until the last deadline; a query without one sees to the end

  std::size_t of(Time t) const {
    return std::min(count - 1, static_cast<std::size_t>(t.time_since_epoch() / length));
  }
  std::size_t last(Time arrival, Duration deadline) const {
    return deadline == Duration::max() ? count - 1 : of(arrival + deadline);
  }
  double seconds() const { return paragon::seconds(length); }
};

// Work that arrives in each window, by how long it may be put off and by how much dearer a function
// would do it. Both are rounded, so that few queues are left: good enough to find prices with, not
// to prove anything.
class WorkByWindow {
 public:
  WorkByWindow(const LeastCosts& costs, Windows windows);
  void add(Time arrival, std::uint32_t kind, double work);

  const Windows& windows() const { return windows_; }
  // Groups of kinds by the ratio of a call's cost to the work's, highest first.
  const std::vector<double>& ratios() const { return ratios_; }
  // Spans: over how many windows work may be spread, ascending.
  const std::vector<std::size_t>& spans() const { return spans_; }
  // Seconds of work that arrive, by window.
  const std::vector<float>& arriving(std::size_t group, std::size_t span) const {
    return work_[group * spans_.size() + span];
  }
  const std::vector<float>& arriving() const { return total_; }

 private:
  std::size_t rounded(std::size_t span) const;

  Windows windows_;
  std::vector<Duration> deadlines_;  // by kind
  std::vector<std::size_t> group_;   // by kind
  std::vector<double> ratios_;
  std::vector<std::size_t> spans_;
  std::vector<std::vector<float>> work_;  // group-major, then span
  std::vector<float> total_;
};

}  // namespace paragon::sim
