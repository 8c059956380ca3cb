// What a query needs: bounds on any subset of accuracy, latency and cost, and what to make best
// among the choices that meet them (paper section III-A).
#pragma once

#include <optional>

#include "base/time.h"
#include "base/units.h"

namespace paragon {

// A linear combination to minimise: cost x dollars + latency x seconds - accuracy x share.
// The three named objectives are unit vectors; ties go to the cheaper, then the faster, then the
// first in the catalog. Weights are from 0 to 1e12: a negative one would look for the worst.
struct Objective {
  double cost = 1;
  double latency = 0;
  double accuracy = 0;
  friend bool operator==(const Objective&, const Objective&) = default;
};
inline constexpr Objective kCheapest{1, 0, 0};
inline constexpr Objective kFastest{0, 1, 0};
inline constexpr Objective kMostAccurate{0, 0, 1};

// How hard the latency bound is. Where a query does not say, it follows from its slack: a query
// that can wait for several service times and still be on time is relaxed.
enum class QueryClass { strict, relaxed };

struct Constraints {
  std::optional<Accuracy> min_accuracy;
  std::optional<Duration> max_latency;  // from arrival at the gateway to the answer leaving it
  std::optional<Dollars> max_cost;      // for this one query
  std::optional<QueryClass> query_class;
  std::optional<Objective> objective;  // kCheapest where absent
  // Where nothing meets the bounds, the nearest choice is served instead of none; false where
  // absent.
  std::optional<bool> best_effort;
};

}  // namespace paragon
