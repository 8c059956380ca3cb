// What one more machine would be worth at every moment, if there were always `level` of them.
//
// Machines are taken as a fluid here: in each window `level` machine-seconds per second, given to
// the work with the earliest deadline; what is left at its deadline goes to functions. Where some
// work was sent away, and wherever else capacity could have been moved to help it, a second of
// machine time would have saved a call: there it is worth the ratio of a call's cost to the work's.
// Everywhere else it is worth nothing. (These are the dual prices of the transport problem between
// work and windows; earliest deadline first solves it: F. Glover, "Maximum matching in a convex
// bipartite graph", 1967.)
#pragma once

#include <cstdint>
#include <vector>

#include "sim/bound_load.h"

namespace paragon::sim {

// By window: 1 + the group of the highest ratio for which a second there would have been worth it;
// 0: for none.
using Worth = std::vector<std::uint8_t>;

class FluidQueue {
 public:
  explicit FluidQueue(const WorkByWindow& load);
  // `level` in machines, 0 or more.
  Worth worth(double level);

 private:
  void serve(std::size_t groups, double level);
  void mark(std::size_t first, std::size_t last, std::uint8_t as, Worth& worth);

  const WorkByWindow& load_;
  std::vector<std::vector<float>> work_;  // by span: of the groups that count
  std::vector<std::uint32_t> earliest_;   // by window: the first arrival of what is served there
  std::vector<std::uint32_t> latest_;     // by window: the last deadline of what is served there
  struct Range {
    std::uint32_t first;
    std::uint32_t last;
  };
  std::vector<Range> sent_away_;
  std::vector<std::uint32_t> next_;  // by window: the first one from there on that is not marked
  std::vector<Range> open_;
};

}  // namespace paragon::sim
