// What could be done with a query, and what stands against each: the answer to "why this one?".
//
// Made when asked, by the same estimates and bounds that decide; reading it changes nothing. Not
// for the path of every query: it looks at each variant on each offer.
#pragma once

#include <optional>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "base/units.h"
#include "brain/select.h"
#include "catalog/constraints.h"

namespace paragon {

// What rules a choice out. The closed list; only the first that applies is named.
enum class Obstacle {
  none,
  accuracy,      // under the bound
  cost,          // over the bound
  latency,       // over the bound, by the expected time
  no_free_slot,  // all slots are busy: it would wait
  booting,       // its machines are not up yet: it would wait
  no_machine,    // none of the offer is there
  concurrency,   // the function's limit is reached
  budget,        // the call does not fit under the budget
};
const char* name(Obstacle obstacle);

// One variant on one kind of resource, now. Exactly one of machine and function is set.
struct Alternative {
  VariantId variant;
  std::optional<MachineOfferId> machine;
  std::optional<FunctionOfferId> function;
  Accuracy accuracy;
  Duration latency{};  // from now to the answer, waiting or a cold start included; max: never
  Dollars cost;        // of the query by itself
  bool cold = false;   // function: an environment has to be started
  Obstacle obstacle = Obstacle::none;
};

struct Alternatives {
  Constraints asked;           // with the task's defaults
  Constraints constraints;     // what each is held against: best effort may have relaxed them
  std::optional<Pick> chosen;  // by the selection; nothing: none meets the bounds
  // Where none meets the bounds asked for: what it would take to have one, the closest first.
  std::vector<Relaxation> nearest;
  QueryClass query_class = QueryClass::strict;
  std::vector<Alternative> list;  // variant by variant, cheapest variant first
};

}  // namespace paragon
