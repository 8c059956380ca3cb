// Runs one after the other without a pause, each timed.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace paragon::profile {

struct VisitSettings {
  Duration at_least = std::chrono::milliseconds(40);  // of measuring, after the warm-up
  std::size_t runs_min = 4;                           // of each caller
};

struct TimedRuns {
  std::vector<Duration> runs;
  Duration elapsed{};
};

// Calls `once` until time and runs are reached, or 200,000 runs. Error: what `once` says.
template <class Once>
Status time_runs(const VisitSettings& settings, TimedRuns& into, const Once& once) {
  using Clock = std::chrono::steady_clock;
  constexpr std::size_t kMost = 200'000;
  into.runs.reserve(4096);
  const auto begin = Clock::now();
  auto last = begin;
  while (into.runs.size() < kMost) {
    if (Status ran = once(); !ran) return ran;
    const auto now = Clock::now();
    into.runs.push_back(now - last);
    last = now;
    if (into.runs.size() >= settings.runs_min && now - begin >= settings.at_least) break;
  }
  into.elapsed = last - begin;
  return {};
}

}  // namespace paragon::profile
