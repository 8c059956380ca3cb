#include "brain/view.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace paragon {
namespace {

constexpr Duration kPresent = std::chrono::seconds(60);  // the load an offer is chosen for

}  // namespace

std::optional<MachineOfferId> View::cheapest_of(Market market) const {
  const Rate present = load.rate(kPresent);
  std::optional<MachineOfferId> best;
  double best_price = std::numeric_limits<double>::infinity();
  for (std::uint32_t o = 0; o < work_per_query.size(); ++o) {
    const MachineOffer& offer = catalog.machine_offers()[o];
    if (offer.market != market || !can_buy(MachineOfferId{o})) continue;
    const double needed = whole_machines(present, MachineOfferId{o}, target_busy);
    const double price = offer.price.value * std::max(1.0, needed);
    const bool smaller = !best || offer.price < catalog.offer(*best).price;
    if (price < best_price * 0.98 || (price <= best_price * 1.02 && smaller)) {
      best_price = price;
      best = MachineOfferId{o};
    }
  }
  return best;
}

Rate View::rate_of(MachineOfferId offer) const {
  const double work = work_per_query[offer.index()];
  return per_second(work > 0 ? target_busy / work : 0);
}

double View::whole_machines(Rate rate, MachineOfferId offer, double planned_busy) const {
  const double work = work_per_query[offer.index()];
  if (!std::isfinite(work)) return work;  // also for no load at all, which is not a number else
  // A millionth of a machine is arithmetic, not demand.
  return std::max(0.0, std::ceil(rate.value * work / planned_busy - 1e-6));
}

int View::machines_for(Rate rate, MachineOfferId offer, double planned_busy) const {
  const double needed = whole_machines(rate, offer, planned_busy);
  if (!(needed < machines_max)) return machines_max;  // also when the offer cannot serve the mix
  return static_cast<int>(needed);
}

}  // namespace paragon
