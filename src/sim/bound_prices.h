// Shadow prices of machine time, and the proof that they make.
//
// Let every second of ready machine time have a price, in seconds of the machine's own cost, such
// that no lease could ever be sold for more than it costs: over any stretch from when a machine is
// ready to when it ends, the prices add up to no more than the stretch and its boot. Then whoever
// serves a query on machines uses up time that costs at least the query's work at the lowest price
// before its deadline, and whoever does not pays for a call. The sum of the lesser of the two over
// all queries is a bound on the cost of any schedule (weak duality; docs/bound.md).
#pragma once

#include <vector>

#include "base/result.h"
#include "sim/bound.h"
#include "sim/bound_costs.h"
#include "sim/bound_load.h"

namespace paragon::sim {

struct ShadowPrices {
  Windows windows;
  std::vector<double> price;  // by window
};

// Before a machine ordered at the very start can be ready, machine time may have any price. A boot
// that varies is sometimes quicker; what such a machine could then earn counts against its boot.
class Start {
 public:
  Start(const Catalog& catalog, const Liberty& liberty);
  Duration until() const { return until_; }
  // Seconds that a machine is billed before it is ready, in the mean and at the least (as
  // LeastCosts::boot), less what it can earn before `until` where time is worth `price` there.
  double boot(double price) const;

 private:
  std::vector<Delay> delays_;  // of the offers
  Duration until_{};
};

// Lowers prices where a lease would earn more than it costs: in one pass over the windows, from
// either end, that cuts off what is too much where it comes up. Afterwards they are a proof.
enum class Pass { forwards, backwards };
void make_sound(ShadowPrices& prices, const Start& start, Pass pass = Pass::forwards);

// What they prove: one pass over the load. Adds up the lesser cost of each query.
struct Proven {
  double machines = 0;  // seconds of the reference machine
  double functions = 0;
  std::uint64_t requests = 0;
  std::uint64_t hopeless = 0;  // as Bound::hopeless
  double total() const { return machines + functions; }
};
Result<Proven> prove(const Scenario& scenario, const LeastCosts& costs, const ShadowPrices& prices,
                     const Start& start);

}  // namespace paragon::sim
