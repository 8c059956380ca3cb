#include "report/simulated_run.h"

namespace paragon {
namespace {

std::optional<double> multiple(Dollars cost, Dollars of) {
  if (!(of.value > 0)) return std::nullopt;
  return cost / of;
}

}  // namespace

std::optional<double> SimulatedRun::multiple_of_bound() const {
  return bound ? multiple(result.cost.total(), bound->least) : std::nullopt;
}

std::optional<double> SimulatedRun::multiple_of_clairvoyant() const {
  return clairvoyant ? multiple(result.cost.total(), clairvoyant->cost) : std::nullopt;
}

double SimulatedRun::share_on_functions() const {
  const auto requests = static_cast<double>(result.all.requests);
  return requests > 0 ? static_cast<double>(result.on_functions) / requests : 0;
}

}  // namespace paragon
