// What `simulate` and `compare` have in common: the flags that make a scenario, and their reading.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/output_file.h"
#include "app/tuning_flag.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "sim/scenario.h"
#include "trace/replay.h"

namespace CLI {
class App;
}

namespace paragon {

struct ScenarioFlags {
  std::string mix;  // empty: the shipped workload-1
  // Only the classes of this task; without a mix, one class with the task's own constraints. Empty:
  // all tasks. (`plan` has a flag for it.)
  std::string task;
  std::string catalog;  // empty: the shipped one at `prices`
  std::string prices = "today";
  std::string from = "0";
  std::string until;  // empty: the trace's end
  double compress = 1;
  double scale = 1;
  std::optional<double> mean_rate;
  int repeat = 1;
  std::string spacing = "poisson";
  std::string selection = "constraints";
  std::optional<double> budget;
  int machines_min = 0;
  int machines_max = 4096;
  std::optional<double> target_busy;
  bool no_functions = false;
  std::vector<std::string> set;  // knob=value, scheme.knob=value
  double hand_off_ms = 0.3;
  std::vector<std::string> provisioned;  // offer/variant=environments

  // What a plan knows nothing of has no bound either.
  bool has_bound() const { return provisioned.empty(); }
};

void add_scenario_flags(CLI::App& command, ScenarioFlags& flags);
// For those that run one scenario, and do not plan it.
void add_provisioned_flag(CLI::App& command, ScenarioFlags& flags);

// The files that a run reads: no result may be written over one of them.
std::vector<FlaggedFile> files_read(const ScenarioFlags& flags,
                                    const std::vector<std::string>& traces);

// Read and checked: everything but trace, scheme and seed.
struct ScenarioParts {
  std::string mix_file;      // as named, or the shipped one's name
  std::string catalog_file;  // likewise
  std::string prices;        // of the shipped catalog; empty: the catalog is the user's
  std::string unusual;       // flags that are not at their defaults, in words
  std::unique_ptr<Catalog> catalog;
  std::optional<Mix> mix;
  BrainSettings brain;  // without scheme and knobs
  Tunings tunings;      // by scheme; those at their defaults are not in it
  std::vector<Provisioned> provisioned;
  Duration hand_off{};
  Shape shape;
};
// `schemes`: those that will run. Errors: what is wrong, with file and line where it is in a file.
Result<ScenarioParts> read_scenario(const ScenarioFlags& flags,
                                    std::span<const std::string> schemes);

// A trace that was found to be good, and how long its replay is.
struct KnownTrace {
  std::string file;
  Duration until{};  // where in the file it is cut, also when that is its end
  Duration length{};
};
Result<KnownTrace> read_trace(const std::string& file, const Shape& shape);

// `parts` must outlive the scenario. Errors: no such scheme, settings out of range.
Result<sim::Scenario> scenario_of(const ScenarioParts& parts, const std::string& trace,
                                  const std::string& scheme, std::uint64_t seed);

}  // namespace paragon
