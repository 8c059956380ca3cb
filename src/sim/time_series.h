// The time series of a run: one sample after the other, coarsened by halves when there are too
// many.
#pragma once

#include <vector>

#include "sim/result.h"

namespace paragon::sim {

// What the world is like until it says otherwise.
struct State {
  int booting = 0;
  int ready = 0;
  double busy = 0;  // in kWhole-ths of a machine: whole numbers, so sums are exact
  double on_functions = 0;
  double waiting = 0;
  static constexpr int kWhole = 1 << 24;
};

class TimeSeries {
 public:
  explicit TimeSeries(Duration sample);

  // The state has been like this since the last call. Cheap: called at every event.
  void pass(const State& state, Time now) {
    const auto dt = static_cast<double>((now - passed_).count());
    passed_ = now;
    busy_ns_ += dt * state.busy;
    functions_ns_ += dt * state.on_functions;
    waiting_ns_ += dt * state.waiting;
  }
  // Numbers of machines change rarely; called before they do, and at the end of a sample.
  void pass_machines(const State& state, Time now);
  void arrived() { ++arrivals_; }
  void missed() { ++missed_; }
  void answered(const Histogram::Mark& latency) { latency_.record(latency); }

  Time sample_end() const { return sample_end_; }
  // Closes the current sample, after pass() and pass_machines(); the bill is of all so far.
  void close(const Bill& bill, Time now);
  std::vector<Sample> take() { return std::move(samples_); }

 private:
  void halve();

  Duration sample_;
  Time sample_end_;
  Time passed_{};
  Time machines_passed_{};
  double busy_ns_ = 0;
  double functions_ns_ = 0;
  double waiting_ns_ = 0;
  double booting_ns_ = 0;
  double ready_ns_ = 0;
  std::uint64_t arrivals_ = 0;
  std::uint64_t missed_ = 0;
  Histogram latency_;
  Bill billed_;
  Time from_{};
  std::vector<Sample> samples_;
};

}  // namespace paragon::sim
