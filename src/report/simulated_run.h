// One simulated run and what its cost is to be compared with: what every form of report is made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "catalog/catalog.h"
#include "report/run_settings.h"
#include "sim/bound.h"
#include "sim/result.h"

namespace paragon {

// The schedule of someone who knew the load beforehand, as the simulator ran it.
struct Clairvoyant {
  Dollars cost;
  double violation_rate = 0;  // what did not make it even so
};

struct SimulatedRun {
  std::string trace;                 // the file, as named by the user
  std::string mix;                   // likewise
  std::string catalog_file;          // likewise
  const Catalog* catalog = nullptr;  // for names; outlives this
  RunSettings settings;
  sim::RunResult result;
  std::optional<sim::Bound> bound;
  std::optional<Clairvoyant> clairvoyant;
  double wall_s = 0;  // real time the run took: the only thing here that two runs may differ in

  // Cost over the bound's, over the clairvoyant's; nothing where there is none or it is zero.
  std::optional<double> multiple_of_bound() const;
  std::optional<double> multiple_of_clairvoyant() const;
  double share_on_functions() const;  // of all requests
};

}  // namespace paragon
