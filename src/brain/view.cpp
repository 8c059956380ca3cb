#include "brain/view.h"

#include <algorithm>
#include <cmath>

namespace paragon {

Rate View::rate_of(MachineOfferId offer) const {
  const double work = work_per_query[offer.index()];
  return per_second(work > 0 ? target_busy / work : 0);
}

int View::machines_for(Rate rate, MachineOfferId offer) const {
  const double work = work_per_query[offer.index()];
  const double needed = rate.value * work / target_busy;
  if (!(needed < machines_max)) return machines_max;  // also when the offer cannot serve the mix
  // A millionth of a machine is arithmetic, not demand.
  return std::max(0, static_cast<int>(std::ceil(needed - 1e-6)));
}

}  // namespace paragon
