#include "brain/view.h"

#include <algorithm>
#include <cmath>

namespace paragon {

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
