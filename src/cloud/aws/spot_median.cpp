#include "cloud/aws/spot_median.h"

#include <algorithm>
#include <map>
#include <string>

namespace paragon::aws {

std::optional<SpotMedian> spot_median(const std::vector<ec2::SpotPrice>& history, Instant from,
                                      Instant until) {
  std::map<std::string, std::map<Instant, HourlyPrice>> changes;  // by zone
  for (const ec2::SpotPrice& one : history)
    if (one.product == kSpotProduct && one.price > HourlyPrice{})
      changes[one.zone][one.since] = one.price;

  SpotMedian out;
  std::map<HourlyPrice, std::chrono::seconds> in_force;
  std::chrono::seconds all{0};
  for (const auto& [zone, prices] : changes) {
    const auto before = all;
    for (auto change = prices.begin(); change != prices.end(); ++change) {
      const auto next = std::next(change);
      const Instant end = next == prices.end() ? until : std::min(next->first, until);
      const auto length = end - std::max(change->first, from);
      if (length <= std::chrono::seconds(0)) continue;
      in_force[change->second] += length;
      all += length;
    }
    if (all > before) ++out.zones;
  }
  std::chrono::seconds passed{0};
  for (const auto& [price, length] : in_force) {
    passed += length;
    if (2 * passed < all) continue;
    out.price = price;
    return out;
  }
  return std::nullopt;
}

}  // namespace paragon::aws
