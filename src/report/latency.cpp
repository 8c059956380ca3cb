#include "report/latency.h"

#include <algorithm>

namespace paragon {
namespace {

// A bucket's upper edge may lie over a limit that all of its values keep.
Duration percentile_within(const Histogram& latency, double p, std::optional<Duration> limit,
                           std::uint64_t within) {
  const Duration edge = latency.percentile(p);
  const bool kept = static_cast<double>(within) >= p / 100 * static_cast<double>(latency.count());
  return limit && kept ? std::min(edge, *limit) : edge;
}

}  // namespace

Duration percentile(const sim::ClassResult& of, double p) {
  return percentile_within(of.latency, p, of.deadline, of.fates.on_time);
}

Duration percentile(const sim::RunResult& of, double p) {
  std::optional<Duration> longest;
  for (const sim::ClassResult& c : of.classes) {
    if (!c.deadline) return of.latency.percentile(p);
    longest = longest ? std::max(*longest, *c.deadline) : *c.deadline;
  }
  return percentile_within(of.latency, p, longest, of.all.on_time);
}

}  // namespace paragon
