// Profiles: how long a variant takes on what can be bought, and how many queries run in parallel.
#pragma once

#include <cmath>

#include "base/time.h"
#include "base/units.h"

namespace paragon {

// Service times are taken to be lognormal: the sigma of the logarithm that has these two. 0 < p50
// <= p99.
inline double service_sigma(Duration p50, Duration p99) {
  constexpr double kDeviate99 = 2.3263478740408408;  // of the 99th percentile
  return std::log(seconds(p99) / seconds(p50)) / kDeviate99;
}

// As measured on one reference core (the file), batch 1, warm.
struct MeasuredProfile {
  Duration service_p50{};  // the network's run and what the worker does around it
  Duration service_p99{};
  Duration load{};  // read the file, build the session, first inference
};

// A variant on a machine offer. slots = 0: it does not fit (memory).
struct MachineProfile {
  Duration service_p50{};
  Duration service_p99{};
  int slots = 0;  // queries in parallel within the latency the profile states
};

// A variant on a function offer. usable = false: it does not fit.
struct FunctionProfile {
  Duration service_p50{};
  Duration service_p99{};
  Duration cold_start{};  // process start + model load at this CPU share + the offer's extra, p95
  bool usable = false;
};

}  // namespace paragon
