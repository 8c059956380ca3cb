// The clairvoyant bound: the least that any schedule could pay for this load without missing a
// deadline, and a schedule that a clairvoyant could really have run.
//
// docs/bound.md says why the first is a bound. The second is a plan of machines over time for the
// scheme `planned`, which the simulator executes like any other scheme.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "brain/settings.h"
#include "sim/scenario.h"

namespace paragon::sim {

struct Bound {
  Dollars least;     // no schedule without a miss costs less
  Dollars machines;  // of it, in the relaxed optimum
  Dollars functions;
  Duration window{};  // of the discretisation
  // Queries whose service alone is longer than their deadline allows, wherever they run: they miss
  // it whatever is done, and the bound counts them at nothing.
  std::uint64_t hopeless = 0;
};

// Reads the load a few times; memory grows with its length in windows, not in requests.
// Errors: as run(); invalid when no variant meets a class's bounds.
Result<Bound> clairvoyant_bound(const Scenario& scenario);

// Machines over time with the future known: for BrainSettings::plan.
Result<std::vector<PlanStep>> clairvoyant_plan(const Scenario& scenario);

}  // namespace paragon::sim
