#include "report/comparison.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/latency.h"

namespace paragon {
namespace {

// Two-sided 95 % points of Student's t by degrees of freedom (any statistics table).
double student95(int freedom) {
  constexpr std::array<double, 30> kTable = {
      12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
      2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
      2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
  if (freedom < 1) return 0;
  if (freedom <= 30) return kTable[static_cast<std::size_t>(freedom - 1)];
  // Cornish-Fisher's first terms; within 0.001 from here on.
  constexpr double z = 1.959964;
  const double n = freedom;
  return z + (z * z * z + z) / (4 * n) +
         (5 * std::pow(z, 5) + 16 * z * z * z + 3 * z) / (96 * n * n);
}

// Gathers one number of each run and gives the mean.
class Column {
 public:
  void add(double x) { values_.push_back(x); }
  void add(const std::optional<double>& x) {
    if (x) values_.push_back(*x);
  }
  Mean mean() const { return mean_of(values_); }

 private:
  std::vector<double> values_;
};

Compared compare_one(std::span<const SimulatedRun* const> runs) {
  Column cost, machines, functions, wasted, missed, strict, relaxed, accuracy, on_functions, p50,
      p99, p999, over, bound, clairvoyant, clairvoyant_missed, of_bound, of_clairvoyant;
  for (const SimulatedRun* run : runs) {
    const sim::RunResult& r = run->result;
    cost.add(r.cost.total().value);
    machines.add(r.cost.machines.value);
    functions.add(r.cost.functions.value);
    wasted.add(r.cost.wasted.value);
    missed.add(r.all.violation_rate());
    strict.add(r.strict.violation_rate());
    relaxed.add(r.relaxed.violation_rate());
    accuracy.add(r.accuracy());
    on_functions.add(run->share_on_functions());
    p50.add(seconds(percentile(r, 50)));
    p99.add(seconds(percentile(r, 99)));
    p999.add(seconds(percentile(r, 99.9)));
    over.add(seconds(r.overprovisioned) / 3600);
    if (run->bound) bound.add(run->bound->least.value);
    if (run->clairvoyant) {
      clairvoyant.add(run->clairvoyant->cost.value);
      clairvoyant_missed.add(run->clairvoyant->violation_rate);
    }
    of_bound.add(run->multiple_of_bound());
    of_clairvoyant.add(run->multiple_of_clairvoyant());
  }
  return {.scheme = runs.front()->result.scheme,
          .trace = runs.front()->trace,
          .cost = cost.mean(),
          .machines = machines.mean(),
          .functions = functions.mean(),
          .wasted = wasted.mean(),
          .missed = missed.mean(),
          .strict_missed = strict.mean(),
          .relaxed_missed = relaxed.mean(),
          .accuracy = accuracy.mean(),
          .on_functions = on_functions.mean(),
          .p50_s = p50.mean(),
          .p99_s = p99.mean(),
          .p999_s = p999.mean(),
          .overprovisioned_hours = over.mean(),
          .bound = bound.mean(),
          .clairvoyant = clairvoyant.mean(),
          .clairvoyant_missed = clairvoyant_missed.mean(),
          .of_bound = of_bound.mean(),
          .of_clairvoyant = of_clairvoyant.mean()};
}

bool beats(const Compared& a, const Compared& b) {
  return a.cost.value <= b.cost.value && a.missed.value <= b.missed.value &&
         (a.cost.value < b.cost.value || a.missed.value < b.missed.value);
}

}  // namespace

Mean mean_of(std::span<const double> values) {
  Mean mean{.count = static_cast<int>(values.size())};
  if (values.empty()) return mean;
  const auto n = static_cast<double>(values.size());
  for (const double x : values) mean.value += x / n;
  if (values.size() < 2) return mean;
  double squares = 0;
  for (const double x : values) squares += (x - mean.value) * (x - mean.value);
  mean.half = student95(mean.count - 1) * std::sqrt(squares / (n - 1) / n);
  return mean;
}

std::vector<Compared> compare(std::span<const SimulatedRun> runs) {
  std::vector<std::vector<const SimulatedRun*>> groups;
  std::vector<std::string> traces;
  for (const SimulatedRun& run : runs) {
    if (std::find(traces.begin(), traces.end(), run.trace) == traces.end()) {
      traces.push_back(run.trace);
    }
  }
  for (const std::string& trace : traces) {
    const auto first = static_cast<std::ptrdiff_t>(groups.size());
    for (const SimulatedRun& run : runs) {
      if (run.trace != trace) continue;
      const auto same = std::find_if(groups.begin() + first, groups.end(), [&](const auto& group) {
        return group.front()->result.scheme == run.result.scheme;
      });
      if (same == groups.end()) {
        groups.push_back({&run});
      } else {
        same->push_back(&run);
      }
    }
  }
  std::vector<Compared> compared;
  compared.reserve(groups.size());
  for (const auto& group : groups) compared.push_back(compare_one(group));
  for (Compared& c : compared) {
    c.pareto = std::none_of(compared.begin(), compared.end(), [&](const Compared& other) {
      return other.trace == c.trace && beats(other, c);
    });
  }
  return compared;
}

}  // namespace paragon
