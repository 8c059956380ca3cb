// A scenario simulated for a report: the run, the time it took, and what to hold it against.
#pragma once

#include <functional>
#include <string>

#include "app/scenario_flags.h"
#include "report/simulated_run.h"
#include "sim/run.h"

namespace paragon {

struct Yardstick {
  sim::Bound bound;
  Clairvoyant clairvoyant;
};

// The bound, and the clairvoyant's schedule run by the simulator. The scenario's scheme does not
// matter. `progress` is of that run alone; `scheduled` is called when it begins.
Result<Yardstick> measure_bound(const sim::Scenario& scenario, const sim::OnProgress& progress,
                                const std::function<void()>& scheduled);

Result<SimulatedRun> simulate(const ScenarioParts& parts, const KnownTrace& trace,
                              const sim::Scenario& scenario, const JournalSink& journal = {},
                              const sim::OnProgress& progress = {});

void compare_with(SimulatedRun& run, const Yardstick& yardstick);

// The command line of this program, to say in a report how it was made.
std::string this_command();

}  // namespace paragon
