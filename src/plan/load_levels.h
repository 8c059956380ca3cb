// A load as the rates that it has: how often each, and no longer when.
#pragma once

#include <vector>

#include "base/time.h"
#include "base/units.h"
#include "trace/arrivals.h"

namespace paragon::plan {

struct LoadLevel {
  Rate rate;
  double share = 0;  // of the time
};

struct LoadShape {
  std::vector<LoadLevel> levels;  // ascending rates; shares add up to 1. Empty: nobody comes
  Rate mean;
  Rate peak;  // of a window
  std::uint64_t requests = 0;
};

// Counts the arrivals in windows of `window`, over `length`, and joins windows of like rates until
// there are at most `most` levels (2 or more). The mean is kept.
LoadShape shape_of(Arrivals& arrivals, Duration length, Duration window, std::size_t most);

}  // namespace paragon::plan
