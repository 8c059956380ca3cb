#include "sim/bound.h"

#include "sim/bound_costs.h"
#include "sim/bound_optimum.h"
#include "sim/bound_prices.h"

namespace paragon::sim {

Result<Bound> clairvoyant_bound(const Scenario& scenario) {
  const Result<LeastCosts> costs = LeastCosts::of(scenario);
  if (!costs) return costs.error();
  const Result<Optimum> optimum = fluid_optimum(scenario, *costs);
  if (!optimum) return optimum.error();
  const Result<Proven> proven = prove(scenario, *costs, optimum->prices);
  if (!proven) return proven.error();
  const Dollars second = costs->reference() * Duration(std::chrono::seconds(1));
  return Bound{proven->total() * second, proven->machines * second, proven->functions * second,
               optimum->windows.length, proven->hopeless};
}

}  // namespace paragon::sim
