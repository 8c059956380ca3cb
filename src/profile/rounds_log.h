// Visits as lines of rounds.csv, and back.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "profile/cells.h"
#include "profile/log_file.h"
#include "profile/visit.h"

namespace paragon::profile {

inline constexpr const char* kRoundsHeader =
    "variant,threads,concurrency,batch,in_turn,round,runs,mean_us,p99_us,queries_per_s,others,"
    "points_us";

// What the worker does around the network's run is kept as a cell of 0 threads.
inline Cell handling_cell(std::uint32_t variant) { return {variant, 0, 1, 1}; }

using Visits = std::map<Cell, std::vector<Visit>>;

LogCells row_of(const Cell& cell, const std::string& variant, std::size_t round,
                const Visit& visit);
// Lines of variants that the catalog lacks are left out. Error: which line cannot be a visit.
Result<Visits> visits_of(const std::vector<LogCells>& rows, const Catalog& catalog);

}  // namespace paragon::profile
