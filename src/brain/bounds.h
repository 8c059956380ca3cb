// What selection holds every choice against: a query's bounds, and its objective as a number.
#pragma once

#include <limits>

#include "base/time.h"
#include "base/units.h"
#include "catalog/constraints.h"

namespace paragon {

// The bounds with what is absent filled in by what every choice meets.
struct Bounds {
  Accuracy accuracy;  // at least
  Duration latency;   // at most
  Dollars cost;       // at most

  explicit Bounds(const Constraints& c)
      : accuracy(c.min_accuracy.value_or(Accuracy{{-std::numeric_limits<double>::infinity()}})),
        latency(c.max_latency.value_or(Duration::max())),
        cost(c.max_cost.value_or(dollars(std::numeric_limits<double>::infinity()))) {}

  bool hold(Accuracy a, Duration l, Dollars d) const { return a >= accuracy && hold(l, d); }
  bool hold(Duration l, Dollars d) const { return l <= latency && d <= cost; }
};

// The objective's linear combination: the least is the best.
inline double score(const Objective& objective, Accuracy a, Duration l, Dollars d) {
  return objective.cost * d.value + objective.latency * seconds(l) - objective.accuracy * a.value;
}

}  // namespace paragon
