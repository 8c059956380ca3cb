// The clairvoyant optimum with machines as a fluid, and the shadow prices that go with it: what
// both the bound and the plan are made from.
#pragma once

#include <vector>

#include "base/result.h"
#include "sim/bound_costs.h"
#include "sim/bound_load.h"
#include "sim/bound_prices.h"

namespace paragon::sim {

struct Optimum {
  WorkByWindow load;
  ShadowPrices prices;  // sound
  Start start;

  // Whole machines of the reference offer, ready, by window of the load: the best there is if a
  // machine does `yields` seconds of work in a second.
  std::vector<int> whole_machines(double yields) const;
};

// `finer`: times finer windows than usual. Without `prices` these stay flat, which takes less time.
// Errors: the trace cannot be read.
Result<Optimum> fluid_optimum(const Scenario& scenario, const LeastCosts& costs, double finer = 1,
                              bool prices = true);

}  // namespace paragon::sim
