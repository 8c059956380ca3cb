#include "plan/front.h"

#include <algorithm>

namespace paragon::plan {
namespace {

bool beats(const Worth& a, const Worth& b) {
  const bool as_good = a.cost <= b.cost && a.latency <= b.latency && a.accuracy >= b.accuracy;
  return as_good && (a.cost < b.cost || a.latency < b.latency || a.accuracy > b.accuracy);
}

}  // namespace

std::vector<bool> not_beaten(std::span<const Worth> ways) {
  std::vector<bool> out;
  for (const Worth& way : ways) {
    out.push_back(std::ranges::none_of(ways, [&](const Worth& o) { return beats(o, way); }));
  }
  return out;
}

}  // namespace paragon::plan
