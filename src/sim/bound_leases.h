// How many machines to have when, as a fluid, if the future is known; and from that, shadow prices.
//
// A machine costs one second a second while it is ready and `boot` seconds once, when it is bought.
// What the n-th machine earns in a block of time is known for a grid of levels (bound_levels.h).
// The best path of levels is a dynamic program over blocks; changing levels costs boot seconds a
// machine upwards and nothing downwards, so the cost-to-come stays convex and each step only clips
// its slopes to [0, boot].
#pragma once

#include <vector>

#include "sim/bound_levels.h"
#include "sim/bound_load.h"

namespace paragon::sim {

struct Leases {
  std::size_t block = 1;         // windows in a block
  std::vector<double> machines;  // by block: what the optimum has
  double cost = 0;               // of the optimum, with the functions, in seconds
  // By window: what a second of machine time is worth there, in seconds. Not yet a proof.
  std::vector<double> prices;
};

// `ready_from`: before this window no machine can be ready. `blocks_of`: about how long a block is.
// `levels`: how many are tried, evenly spaced.
Leases best_leases(const WorkByWindow& load, double boot, std::size_t ready_from,
                   Duration blocks_of, std::size_t levels);

// The same in whole machines, by window, if one does `yields` seconds of work in a second.
std::vector<int> best_whole_machines(const WorkByWindow& load, double boot, std::size_t ready_from,
                                     Duration blocks_of, double yields);

}  // namespace paragon::sim
