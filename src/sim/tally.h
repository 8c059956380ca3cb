// What becomes of a run's queries: each ends in one fate of its class, and in the time series.
#pragma once

#include <utility>
#include <vector>

#include "sim/classes.h"
#include "sim/time_series.h"
#include "sim/together.h"

namespace paragon::sim {

class Tally {
 public:
  // `overhead`: what an answer takes back to the client. The series must outlive it.
  Tally(std::vector<RunClass> classes, Duration overhead, TimeSeries& series)
      : classes_(std::move(classes)), overhead_(overhead), series_(series) {}

  std::size_t size() const { return classes_.size(); }
  RunClass& operator[](std::size_t of_class) { return classes_[of_class]; }
  const std::vector<RunClass>& classes() const { return classes_; }

  void arrived(std::size_t of_class) {
    ++classes_[of_class].fates.requests;
    ++requests_;
    series_.arrived();
  }
  // By one variant, `took` after it arrived. `cost` is asked only where there is a bound on it.
  template <class Cost>
  void answered(std::size_t of_class, VariantId variant, Duration took, const Cost& cost) {
    RunClass& c = classes_[of_class];
    ++c.answers[variant.index()];
    count(c, took, cost);
  }
  // By an ensemble, or by none of its members.
  void ended(const Together::Verdict& verdict) {
    RunClass& c = classes_[verdict.query.of_class];
    if (verdict.votes == 0) return refused(verdict.query.of_class);
    // How accurate some of the members are together was not measured: the best of them counts.
    if (verdict.votes == verdict.query.members) {
      ++c.together[verdict.query.ensemble.index()];
    } else {
      ++c.answers[verdict.best.variant.index()];
    }
    count(c, verdict.when - verdict.query.arrived, [&] { return verdict.cost; });
  }
  // It ended without an answer.
  void refused(std::size_t of_class) {
    ++classes_[of_class].fates.refused;
    series_.missed();
  }

  std::uint64_t requests() const { return requests_; }

 private:
  template <class Cost>
  void count(RunClass& c, Duration took, const Cost& cost) {
    const Duration latency = took + overhead_;
    const Histogram::Mark mark = Histogram::mark(latency);
    c.latency.record(mark);
    series_.answered(mark);
    if (c.constraints.max_latency && latency > *c.constraints.max_latency) {
      ++c.fates.late;
      series_.missed();
    } else {
      ++c.fates.on_time;
    }
    if (c.constraints.max_cost && cost() > *c.constraints.max_cost) ++c.over_cost;
  }

  std::vector<RunClass> classes_;
  Duration overhead_;
  TimeSeries& series_;
  std::uint64_t requests_ = 0;
};

}  // namespace paragon::sim
