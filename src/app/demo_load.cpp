#include "app/demo_load.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/data_dir.h"
#include "trace/generate.h"
#include "trace/replay.h"
#include "trace/trace_file.h"

namespace paragon {
namespace {

// The stretch of twitter_1h.csv with a calm quarter of an hour's start, a rise to nearly four times
// the rate within a minute, nine minutes of it, and the way back: seconds 1650 to 2550.
constexpr Duration kStretchFrom = std::chrono::seconds(1650);
constexpr Duration kStretch = std::chrono::seconds(900);

ScheduleSettings base_settings(const std::string& trace, Duration length, Rate mean,
                               std::uint64_t seed) {
  ScheduleSettings settings;
  settings.trace = trace;
  settings.duration = length;
  settings.mean = mean;
  settings.seed = seed;
  return settings;
}

// The whole of a trace that the user named, however long it is.
Result<Schedule> whole(const std::string& trace, Duration length, Rate mean, std::uint64_t seed) {
  const auto summary = summarise(trace);
  if (!summary) return summary.error();
  ScheduleSettings settings = base_settings(trace, length, mean, seed);
  settings.compress = std::max(1.0, seconds(summary->length) / seconds(length));
  return make_schedule(settings);
}

}  // namespace

Result<Schedule> generated_day(Duration length, Rate mean, std::uint64_t seed) {
  const auto day = find_shipped("data/traces/day.csv");
  if (!day) return day.error();
  const auto summary = summarise(*day);
  if (!summary) return summary.error();
  // The crowd brings about a fifth of all queries.
  Crowd flash;
  flash.at = at(length * 3 / 5);
  flash.rise = length / 40;
  flash.hold = length / 12;
  flash.fall = length / 24;
  const double full = seconds(flash.hold) + seconds(flash.rise + flash.fall) / 2;
  flash.peak = per_second(mean.value * 0.2 * seconds(length) / full);
  ScheduleSettings settings = base_settings(*day, length, mean * 0.8, seed);
  settings.compress = seconds(summary->length) / seconds(length);
  auto calm = make_schedule(settings);
  if (!calm) return calm.error();
  calm->arrivals = until(merge(std::move(calm->arrivals), crowd(flash, seed + 1)), at(length));
  calm->source = fmt::format(
      "a generated day: published hourly rates compressed {:g} times to {:g} queries a second, "
      "with a flash crowd of {:.0f} a second more",
      settings.compress, mean.value * 0.8, flash.peak.value);
  return calm;
}

Result<Schedule> demo_schedule(const std::string& trace, Duration length, Rate mean,
                               std::uint64_t seed) {
  if (!trace.empty()) return whole(trace, length, mean, seed);
  const auto found = (std::filesystem::path(PARAGON_SOURCE_DIR) / "../shared/traces/twitter_1h.csv")
                         .lexically_normal();
  if (!std::filesystem::exists(found)) return generated_day(length, mean, seed);
  ScheduleSettings settings = base_settings(found.string(), length, mean, seed);
  settings.from = kStretchFrom;
  settings.compress = seconds(kStretch) / seconds(length);
  return make_schedule(settings);
}

}  // namespace paragon
