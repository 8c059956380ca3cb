// Arrivals made up from a rule, and combinations. What comes out of here is called generated.
#pragma once

#include <cstdint>

#include "base/units.h"
#include "trace/arrivals.h"

namespace paragon {

// At this rate from time 0 until `length`, that not included. A rate of 0 gives none.
ArrivalsPtr constant(Rate rate, Duration length, Spacing spacing, std::uint64_t seed);

// A crowd: nobody until `at`, then a rate that grows evenly to `peak` within `rise`, stays for
// `hold` and falls back evenly within `fall`. Poisson.
struct Crowd {
  Time at{};
  Duration rise = std::chrono::seconds(3);
  Duration hold = std::chrono::seconds(10);
  Duration fall = std::chrono::seconds(5);
  Rate peak{};

  Rate rate(Time now) const;
};
ArrivalsPtr crowd(const Crowd& crowd, std::uint64_t seed);

// Both, in the order of their times. For a day with a flash crowd: merge(replay_trace(day),
// crowd(...)).
ArrivalsPtr merge(ArrivalsPtr a, ArrivalsPtr b);

// Those before `end`.
ArrivalsPtr until(ArrivalsPtr arrivals, Time end);

}  // namespace paragon
