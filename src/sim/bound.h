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
  // Queries that miss their deadline whatever is done, counted at nothing: those whose service
  // alone takes longer wherever they run, and those that no function can answer and whose deadline
  // passes before the first machine can be expected.
  std::uint64_t hopeless = 0;
};

// Reads the load a few times; memory grows with its length in windows, not in requests.
// Errors: as run(); invalid when no variant meets a class's bounds.
Result<Bound> clairvoyant_bound(const Scenario& scenario);

// Machines over time with the future known: for carried_out().
Result<std::vector<PlanStep>> clairvoyant_plan(const Scenario& scenario);

// The same load under a plan. Variants are selected by the constraints, whatever the scenario says:
// who knows the future does not choose blindly.
Scenario carried_out(std::vector<PlanStep> plan, Scenario scenario);

}  // namespace paragon::sim
