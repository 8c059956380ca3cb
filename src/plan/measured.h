// What an option came to in simulated runs, as means over them.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/units.h"
#include "catalog/catalog.h"
#include "plan/fleet.h"
#include "sim/result.h"

namespace paragon::plan {

// Who answered what share of the queries.
struct Answered {
  VariantId variant;
  std::string resource;  // "machine:c5.large"
  double share = 0;
};

struct Measured {
  std::size_t runs = 0;
  HourlyPrice cost;
  HourlyPrice cost_least;  // of the runs
  HourlyPrice cost_most;
  HourlyPrice on_machines;  // parts of `cost`
  HourlyPrice on_functions;
  Dollars per_million;  // queries
  double missed = 0;    // shares
  double strict_missed = 0;
  double relaxed_missed = 0;
  Duration p50{};  // of all answers of all runs
  Duration p99{};
  Duration strict_p99{};  // of strict queries; of all where there are none
  Accuracy accuracy;
  double share_on_functions = 0;           // of queries
  double machines = 0;                     // billed at once, in the mean
  std::map<Market, double> machine_share;  // of machine time, by market
  std::vector<Answered> answered;          // the largest share first
};

// `runs` is not empty, all of the same catalog and of a load of `length`. A run ends with its last
// query; what is `held` whatever the load does is paid for until the load's end.
Measured measured(std::span<const sim::RunResult> runs, const Catalog& catalog, Duration length,
                  const Fleet& held);

}  // namespace paragon::plan
