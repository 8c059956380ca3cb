#include "sim/bound.h"

#include "sim/bound_costs.h"
#include "sim/bound_optimum.h"
#include "sim/bound_prices.h"

namespace paragon::sim {

Result<Bound> clairvoyant_bound(const Scenario& scenario) {
  const Result<LeastCosts> costs = LeastCosts::of(scenario, {});
  if (!costs) return costs.error();
  Proven best;
  Duration window{};
  // Finer windows leave less freedom, and coarser ones make better prices easier to find.
  for (const double finer : {1, 2}) {
    const Result<Optimum> optimum = fluid_optimum(scenario, *costs, finer);
    if (!optimum) return optimum.error();
    const Result<Proven> proven = prove(scenario, *costs, optimum->prices, optimum->start);
    if (!proven) return proven.error();
    if (finer > 1 && proven->total() <= best.total()) continue;
    best = *proven;
    window = optimum->load.windows().length;
  }
  const Dollars second = costs->reference() * Duration(std::chrono::seconds(1));
  return Bound{best.total() * second, best.machines * second, best.functions * second, window,
               best.hopeless};
}

}  // namespace paragon::sim
