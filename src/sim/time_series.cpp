#include "sim/time_series.h"

#include <algorithm>

#include "sim/scenario.h"

namespace paragon::sim {

TimeSeries::TimeSeries(Duration sample) : sample_(sample), sample_end_(Time{} + sample) {
  samples_.reserve(kSamplesMax);
}

void TimeSeries::pass_machines(const State& state, Time now) {
  const auto dt = static_cast<double>((now - machines_passed_).count());
  machines_passed_ = now;
  booting_ns_ += dt * state.booting;
  ready_ns_ += dt * state.ready;
}

void TimeSeries::close(const Bill& bill, Time now) {
  if (now > from_) {
    const auto length = static_cast<double>((now - from_).count());
    Sample s;
    s.from = from_;
    s.arrivals = rate_of(static_cast<double>(arrivals_), now - from_);
    s.booting = booting_ns_ / length;
    s.ready = ready_ns_ / length;
    s.busy = busy_ns_ / length / State::kWhole;
    s.on_functions = functions_ns_ / length;
    s.waiting = waiting_ns_ / length;
    s.machines = bill.machines - billed_.machines;
    s.functions = bill.functions - billed_.functions;
    s.missed = missed_;
    s.p99 = latency_.percentile(99);
    samples_.push_back(s);
  }
  busy_ns_ = functions_ns_ = waiting_ns_ = booting_ns_ = ready_ns_ = 0;
  arrivals_ = missed_ = 0;
  latency_ = {};
  billed_ = bill;
  from_ = now;
  if (samples_.size() == kSamplesMax) halve();
  sample_end_ = from_ + sample_;
}

// All but the last sample are of the same length, and the last one is the last there is.
void TimeSeries::halve() {
  for (std::size_t i = 0; i + 1 < samples_.size(); i += 2) {
    const Sample& a = samples_[i];
    const Sample& b = samples_[i + 1];
    Sample s = a;
    s.arrivals = (a.arrivals + b.arrivals) / 2;
    s.booting = (a.booting + b.booting) / 2;
    s.ready = (a.ready + b.ready) / 2;
    s.busy = (a.busy + b.busy) / 2;
    s.on_functions = (a.on_functions + b.on_functions) / 2;
    s.waiting = (a.waiting + b.waiting) / 2;
    s.machines = a.machines + b.machines;
    s.functions = a.functions + b.functions;
    s.missed = a.missed + b.missed;
    s.p99 = std::max(a.p99, b.p99);
    samples_[i / 2] = s;
  }
  samples_.resize(samples_.size() / 2);
  sample_ *= 2;
}

}  // namespace paragon::sim
