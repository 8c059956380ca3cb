#include "profile/profile.h"

namespace paragon::profile {

Memory VariantProfile::memory() const {
  return megabytes(std::max<std::int64_t>(1, (start.peak_kb + 1023) / 1024));
}

std::size_t Profile::cells() const {
  std::size_t sum = 0;
  for (const VariantProfile& v : variants) sum += v.times.size();
  return sum;
}

std::size_t Profile::unsettled() const {
  std::size_t sum = 0;
  for (const VariantProfile& v : variants) {
    for (const auto& [cell, times] : v.times) sum += times.difference > tolerance ? 1 : 0;
  }
  return sum;
}

}  // namespace paragon::profile
