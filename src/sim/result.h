// What one simulated run came to, as plain data: tables, JSON, CSV and plots are made from this.
//
// Every dollar is in `cost`, and every query in exactly one class and one of its fates.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "base/id.h"
#include "base/time.h"
#include "base/units.h"
#include "brain/meter.h"
#include "catalog/constraints.h"

namespace paragon::sim {

// requests = on_time + late + refused; nothing is still open when a run ends.
struct Fates {
  std::uint64_t requests = 0;
  std::uint64_t on_time = 0;
  std::uint64_t late = 0;     // answered after the deadline
  std::uint64_t refused = 0;  // not accepted, or given up after its attempts: a miss
  std::uint64_t missed() const { return late + refused; }
  double violation_rate() const {
    return requests == 0 ? 0 : static_cast<double>(missed()) / static_cast<double>(requests);
  }
};

// Of one class of the mix.
struct ClassResult {
  std::string name;
  QueryClass query_class = QueryClass::strict;
  std::optional<Duration> deadline;
  Fates fates;
  std::uint64_t below_accuracy = 0;  // answered by what is under the class's bound
  std::uint64_t over_cost = 0;       // answered at more than the class's bound
  double accuracy_sum = 0;           // of the variants, or ensembles, that answered
  Histogram latency;                 // of answers, from arrival
};

// Who served what: one row for each pair that served anything.
struct Served {
  VariantId variant;
  std::optional<MachineOfferId> machine;  // one of these two
  std::optional<FunctionOfferId> function;
  std::uint64_t queries = 0;
};

// The state over one sample of the time series; rates and shares are means over the sample.
struct Sample {
  Time from{};
  Rate arrivals;
  double booting = 0;  // machines
  double ready = 0;
  double busy = 0;          // machines' worth of work in progress (<= ready)
  double on_functions = 0;  // calls in progress
  double waiting = 0;       // queries
  Dollars machines;         // spent in the sample
  Dollars functions;
  std::uint64_t missed = 0;
  Duration p99{};  // of the answers in it; where samples were merged, the larger one
};

struct RunResult {
  std::string scheme;
  std::uint64_t seed = 0;
  Duration length{};  // simulated, from 0 to the end of the last lease

  Fates all;
  Fates strict;
  Fates relaxed;
  std::vector<ClassResult> classes;
  Histogram latency;

  Bill cost;
  Dollars surcharge;  // part of cost.machines: burstable machines over their baseline
  // Machine time of ready machines beyond what the work in progress needed, sampled each second.
  Duration overprovisioned{};
  Duration machine_time{};  // billed
  int machines_peak = 0;    // ready at once
  std::uint64_t machines_bought = 0;
  std::uint64_t boot_failures = 0;
  std::uint64_t no_capacity = 0;
  std::uint64_t interruptions = 0;

  std::uint64_t on_functions = 0;  // answered there; of an ensemble each member is one
  std::uint64_t cold_starts = 0;   // met by queries
  std::uint64_t warm_ups = 0;      // calls that only kept environments warm
  std::uint64_t throttled = 0;

  std::vector<MachineUsage> machine_usage;    // by offer
  std::vector<FunctionUsage> function_usage;  // by offer
  std::vector<Served> served;
  std::vector<Sample> series;

  std::uint64_t decisions = 0;  // routes and orders
  std::uint64_t events = 0;     // of the simulator
  std::uint64_t hash = 0;       // of every decision, in order: equal runs have equal hashes

  std::uint64_t on_provisioned() const;  // calls of functions in environments that were kept
  double accuracy() const;               // delivered: mean over answers; 0 when none
  double accuracy_violation_rate() const;
};

}  // namespace paragon::sim
