// From which load on a machine is cheaper than functions, variant by variant (the paper's figure 4
// as a rule).
//
// At r queries a second functions cost r x the price of a call, and a machine costs the same
// however much it does. So one machine breaks even at r = its price / the price of a call, if it
// can do that many; it is then r x work full. Where it cannot, functions are cheaper at any load.
#pragma once

#include <optional>
#include <vector>

#include "plan/steady.h"

namespace paragon::plan {

struct BreakEven {
  VariantId variant;
  // Nothing: no function runs the variant within the bounds, or no machine runs it.
  std::optional<FunctionFor> function{};
  std::optional<MachineOfferId> machine{};  // the one that breaks even at the least load
  Rate at{};                                // there; only where both are known
  double busy = 0;                          // how full the machine is then; above 1: never cheaper
  Rate full{};                              // what the machine does when it is full
  Dollars per_query_full{};                 // then
  bool ever() const { return function && machine && busy <= 1; }
};

// `need` says the deadline and the price limit; its variant is the one asked about. Spot machines
// count where `spot`.
BreakEven break_even(const Need& need, const Catalog& catalog, const BrainSettings& settings,
                     Duration hand_off, bool spot);

}  // namespace paragon::plan
