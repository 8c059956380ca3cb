// What spot instances of a type cost over some days, as one number. Pure.
#pragma once

#include <optional>
#include <vector>

#include "cloud/aws/ec2_answer.h"
#include "cloud/aws/instant.h"

namespace paragon::aws {

inline constexpr const char* kSpotProduct = "Linux/UNIX";

struct SpotMedian {
  HourlyPrice price;  // one of those that were asked
  int zones = 0;      // that had a price
  bool operator==(const SpotMedian&) const = default;
};

// The price that was not exceeded for half of the time from `from` to `until`, in all zones
// together: prices change seldom or often, so each counts for as long as it was in force, in its
// zone. `history` is EC2's, of one type, in any order: changes of prices, also the last one before
// `from`. Other products are passed over. None: no price in that time.
std::optional<SpotMedian> spot_median(const std::vector<ec2::SpotPrice>& history, Instant from,
                                      Instant until);

}  // namespace paragon::aws
