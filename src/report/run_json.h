// A simulated run for programs: JSON, and its numbers as one line of CSV.
//
// The names of the fields are a contract (docs/simulate.md): fields may be added, none is renamed
// or changes its unit. What is not known (no bound was computed) is null, and empty in CSV. Apart
// from `sim`, the same scenario gives the same bytes.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "report/simulated_run.h"

namespace paragon {

nlohmann::ordered_json json_of(const SimulatedRun& run);
// Indented, with a line end: what `simulate --json` prints, and the list of `compare --json`.
std::string json_text(const SimulatedRun& run);
std::string json_text(std::span<const SimulatedRun> runs);

// A header and a line for each run. Columns are the numbers and names of the JSON, those inside an
// object with its name before them (cost_usd.total); lists (classes, served) are left out. The
// knobs are one cell, since each scheme has others ("burst=1.5 busy=1"), and so is what is
// provisioned.
std::string csv_text(std::span<const SimulatedRun> runs);

}  // namespace paragon
