// Counters of the live server: plain numbers, updated per query on the loop's thread and rendered
// only when somebody asks (metrics.h, status_api.h, model_info.h).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/histogram.h"
#include "base/time.h"
#include "base/units.h"
#include "brain/route.h"
#include "catalog/catalog.h"

namespace paragon {

// Counts by upper bound, as Prometheus wants them; cumulative only when rendered.
class LatencyBuckets {
 public:
  static constexpr std::array<double, 18> kBoundsSeconds{
      0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30, 60};
  void record(Duration d);
  const std::array<std::uint64_t, kBoundsSeconds.size() + 1>& counts() const { return counts_; }
  double sum_seconds() const { return sum_; }
  std::uint64_t count() const { return count_; }

 private:
  std::array<std::uint64_t, kBoundsSeconds.size() + 1> counts_{};
  double sum_ = 0;
  std::uint64_t count_ = 0;
};

// A number of occurrences and the time they took together, as Triton's statistics count.
struct Timed {
  std::uint64_t count = 0;
  Duration total{};
  void add(Duration d) {
    ++count;
    total += d;
  }
};

struct ModelStatistics {
  Timed success;  // from arrival to answer
  Timed fail;
  Timed queue;    // in the worker's queue and in the waiting room
  Timed service;  // preprocessing and inference
  std::int64_t last_unix_ms = 0;
  std::uint64_t on_machines = 0;
  std::uint64_t on_functions = 0;
  Dollars cost_machines;  // as attributed to the queries
  Dollars cost_functions;
};

struct ClassStatistics {
  std::uint64_t answered = 0;
  std::uint64_t missed = 0;  // after the bound it came with
  std::uint64_t refused = 0;
  Dollars cost;
  double accuracy_sum = 0;  // of the variants that answered
  Histogram latency;
  LatencyBuckets buckets;
};

struct Statistics {
  explicit Statistics(const Catalog& catalog)
      : by_variant(catalog.variants().size()), by_task(catalog.tasks().size()) {}

  std::uint64_t arrived = 0;
  std::uint64_t answered = 0;
  std::uint64_t rejected = 0;   // by the worker: bad input
  std::uint64_t abandoned = 0;  // the client had gone
  std::uint64_t invalid = 0;    // refused by the gateway before the brain saw it
  std::uint64_t lost = 0;       // attempts whose machine or environment went away
  std::uint64_t throttled = 0;  // attempts
  std::uint64_t outdated = 0;   // answers of attempts that had been given up
  std::array<std::uint64_t, kReasons> refused{};
  std::array<ClassStatistics, 2> by_class;  // QueryClass
  std::vector<ModelStatistics> by_variant;
  std::vector<ModelStatistics> by_task;
  Histogram deciding;  // time in the brain per query that arrived

  ClassStatistics& of(QueryClass c) { return by_class[static_cast<std::size_t>(c)]; }
  const ClassStatistics& of(QueryClass c) const { return by_class[static_cast<std::size_t>(c)]; }
  void count_refused(QueryClass c, Reason why) {
    ++refused[static_cast<std::size_t>(why)];
    ++of(c).refused;
  }
};

}  // namespace paragon
