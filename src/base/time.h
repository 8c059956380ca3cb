// Points and lengths of time.
//
// `Time` is a point on Paragon's own timeline: nanoseconds since the deployment (or the simulation)
// began. Its clock type has no `now()`, so code that is handed `Time` cannot ask what time it is:
// the brain compiles only as long as it is told. Shells (the live controller, the simulator) own a
// real clock and convert at the edge.
#pragma once

#include <chrono>
#include <cstdint>

namespace paragon {

using Duration = std::chrono::nanoseconds;

struct Timeline {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Timeline, Duration>;
  static constexpr bool is_steady = true;
};

using Time = Timeline::time_point;

inline constexpr Time kNever = Time::max();

constexpr Time at(Duration since_start) { return Time{since_start}; }
constexpr double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
constexpr double milliseconds(Duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

// From a number read at an edge (a file, a flag, a header), rounded to the nearest nanosecond.
constexpr Duration from_seconds(double s) {
  return Duration(static_cast<Duration::rep>(s * 1e9 + (s < 0 ? -0.5 : 0.5)));
}
constexpr Duration from_milliseconds(double ms) { return from_seconds(ms * 1e-3); }

// A number of nanoseconds, not below 0, to the nearest: quick, for what every query passes.
constexpr Duration nearest_ns(double ns) {
  return Duration(static_cast<Duration::rep>(ns + 0.5));  // NOLINT(bugprone-incorrect-roundings)
}
// A share of it, k from 0 to 1.
constexpr Duration share_of(Duration d, double k) {
  return nearest_ns(static_cast<double>(d.count()) * k);
}

}  // namespace paragon
