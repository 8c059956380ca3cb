// Makes shadow prices prove more, by steps along the subgradient.
//
// What prices prove is concave in them, and sound prices are a convex set, so any step that is made
// sound again is allowed, the mean of all steps too, and the best that came by is kept. The step: a
// window whose price is the least for more work than the machines of the optimum can do there is
// too cheap, one with less is too dear.
#pragma once

#include <vector>

#include "sim/bound_load.h"
#include "sim/bound_prices.h"

namespace paragon::sim {

// What prices would prove of the load as rounded in `load`: near to prove(), in a thousandth of its
// time. `used`, if given: by window, the work whose least price is there (seconds).
double estimate(const WorkByWindow& load, const std::vector<double>& price,
                std::vector<double>* used = nullptr, bool last = false);

// `machines`: by window, of the fluid optimum. `aim`: what the optimum costs; no price proves more.
ShadowPrices ascend(const WorkByWindow& load, ShadowPrices from, const Start& start,
                    const std::vector<double>& machines, double aim, int steps);

}  // namespace paragon::sim
