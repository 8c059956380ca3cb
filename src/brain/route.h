// Where a query goes, and why: the brain's answer to everything that happens to one.
#pragma once

#include <span>
#include <variant>

#include "base/id.h"
#include "base/time.h"
#include "base/units.h"
#include "catalog/constraints.h"
#include "catalog/ensemble.h"

namespace paragon {

struct OnMachine {
  MachineId machine;
  VariantId variant;
  friend bool operator==(const OnMachine&, const OnMachine&) = default;
};
struct OnFunction {
  FunctionOfferId offer;
  VariantId variant;
  bool cold = false;   // no warm environment is known: a cold start is expected
  Duration timeout{};  // the call must be ended by then: what it may cost at most is reserved
  friend bool operator==(const OnFunction&, const OnFunction&) = default;
};
// Held in the brain's waiting room; a later call returns its next route.
struct Wait {
  Time until{};  // the last responsible moment: then it leaves for a function or waits on
  friend bool operator==(const Wait&, const Wait&) = default;
};
// Not accepted: nothing can meet its bounds. The query is forgotten.
struct Refuse {
  Duration
      retry_after{};  // when capacity may be there; zero: never, the constraints are infeasible
  friend bool operator==(const Refuse&, const Refuse&) = default;
};
// Answered by several: the world asks for a route for each member (Brain::member), and counts their
// votes. The query itself is forgotten.
struct Split {
  EnsembleId ensemble;
  friend bool operator==(const Split&, const Split&) = default;
};
using Where = std::variant<OnMachine, OnFunction, Wait, Refuse, Split>;

// The closed list of reasons; docs/glossary.md explains each.
enum class Reason {
  free_slot,          // a machine had a free slot
  slot_freed,         // it waited, and a slot became free
  no_free_slot,       // strict, all slots busy: a function at once
  last_moment,        // relaxed, its slack is used up: a function at the last responsible moment
  slack,              // relaxed, it can wait
  queue_in_time,      // it waits: a machine will be free in time, a function would not be
  machine_lost,       // tried elsewhere, its machine or environment went away
  machine_booting,    // it waits for a machine that is on its way
  no_machine,         // no machine is up or on its way: a function
  infeasible,         // no variant meets the bounds on anything that can be bought
  overload,           // nothing can meet the deadline and nothing more may be bought
  waiting_room_full,  // the bound of the waiting room
  over_budget,        // only a purchase would help and the budget forbids it
  function_share,     // the scheme sends a fixed share of the load to functions
  late,               // it cannot be on time any more but was accepted, so it is answered late
  together,           // an ensemble is the best choice: a query to each of its members
};
inline constexpr std::size_t kReasons = static_cast<std::size_t>(Reason::together) + 1;
const char* name(Reason reason);

struct Route {
  QueryId query;        // given out by arrive(); names the query until it is finished or refused
  DecisionId decision;  // of this attempt
  Where where = Wait{};
  Reason why = Reason::free_slot;
  Duration predicted_latency{};  // from arrival to answer
  Dollars predicted_cost;
  QueryClass query_class = QueryClass::strict;  // as asked, or as it follows from the slack
  friend bool operator==(const Route&, const Route&) = default;
};
using Routes = std::span<const Route>;  // the brain's own buffer, valid until its next call

}  // namespace paragon
