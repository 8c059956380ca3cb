// The classes of a mix as a run needs them: the query of each, ready to be asked, and its tally.
#pragma once

#include <vector>

#include "base/result.h"
#include "brain/query.h"
#include "sim/result.h"
#include "sim/scenario.h"

namespace paragon::sim {

struct RunClass {
  Query query;
  Constraints constraints;  // with the task's defaults
  Fates fates;
  Histogram latency;
  std::vector<std::uint64_t> answers;   // by variant
  std::vector<std::uint64_t> together;  // by ensemble: all of its members voted
  std::uint64_t over_cost = 0;
  std::optional<QueryClass> query_class;  // as asked, or as the brain first said
};

// Errors: invalid, when a class names a task that the catalog lacks.
Result<std::vector<RunClass>> make_classes(const Mix& mix, const Catalog& catalog);

// Adds the classes up into `result`.
void report(const std::vector<RunClass>& classes, const Mix& mix, const Catalog& catalog,
            RunResult& result);

// What was used, by offer, and who served what.
void report(const Meter& meter, const Catalog& catalog, Time now, RunResult& result);

}  // namespace paragon::sim
