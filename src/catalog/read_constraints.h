// Constraints as they are written in catalogs (`defaults` of a task) and in query mixes.
#pragma once

#include "catalog/constraints.h"
#include "catalog/entry.h"

namespace paragon {

// Takes min_accuracy (0 to 1), max_latency_ms (above 0, at most an hour), max_cost_usd (0 or more),
// class (strict, relaxed), objective (cheapest, fastest, most_accurate, or a map of the weights
// cost, latency and accuracy) and best_effort (true, false). All may be absent.
Constraints read_constraints(Entry& entry, Complaints& complaints);

}  // namespace paragon
