#include "sim/run.h"

#include "brain/journal.h"
#include "sim/simulation.h"

namespace paragon::sim {

Result<RunResult> run(const Scenario& scenario, const JournalSink& journal,
                      const OnProgress& progress) {
  PARAGON_CHECK(scenario.catalog != nullptr, "a scenario without a catalog");
  const Catalog& catalog = *scenario.catalog;
  if (const Status status = check(scenario.brain, catalog); !status) return status.error();
  if (const Status status = check(scenario.brain, catalog, scenario.provisioned); !status) {
    return status.error();
  }
  if (scenario.sample <= Duration::zero()) {
    return {ErrorCode::invalid, "sample: expected a length of time above 0"};
  }
  Result<std::vector<RunClass>> classes = make_classes(scenario.load.mix, catalog);
  if (!classes) return classes.error();
  Result<ArrivalsPtr> arrivals = scenario.load.arrivals();
  if (!arrivals) return arrivals.error();
  if (journal) {
    Recorded brain(catalog, scenario.brain, journal);
    return Simulation(scenario, brain, brain.brain().meter(), std::move(*classes),
                      std::move(*arrivals), progress)
        .run();
  }
  Brain brain(catalog, scenario.brain);
  return Simulation(scenario, brain, brain.meter(), std::move(*classes), std::move(*arrivals),
                    progress)
      .run();
}

}  // namespace paragon::sim
