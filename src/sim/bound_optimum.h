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
  Windows windows;
  ShadowPrices prices;           // sound
  std::vector<double> machines;  // by window: of the reference offer, ready
};

// Errors: the trace cannot be read.
Result<Optimum> fluid_optimum(const Scenario& scenario, const LeastCosts& costs);

}  // namespace paragon::sim
