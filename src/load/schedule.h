// From a trace or a rate and a mix of queries to what an open loop sends: when, which class, with
// which constraints.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "load/open_loop.h"
#include "trace/arrivals.h"
#include "trace/mix.h"

namespace paragon {

struct ScheduleSettings {
  std::string trace;                 // file; or
  std::optional<Rate> rate;          // independent arrivals at this rate
  Duration from{};                   // where in the trace to begin, in the trace's own time
  std::optional<Duration> duration;  // of the replay; the trace's end. A rate needs one
  double compress = 1;               // above 0: 10 plays ten minutes of the trace in one
  double scale = 1;                  // above 0: so many queries for each request of the trace
  std::optional<Rate> mean;          // instead of scale: the mean rate of the replay
  std::uint64_t seed = 1;            // the same settings and seed give the same queries
};

struct Schedule {
  ArrivalsPtr arrivals;
  Duration length{};   // of the replay
  std::string source;  // for people: what is replayed, what was cut and scaled
};
// Errors: invalid (out of range, both or neither of trace and rate), and those of reading a trace.
Result<Schedule> make_schedule(const ScheduleSettings& settings);

// The class of each arrival, drawn by the weights of the mix.
std::function<std::optional<Due>()> drawn_from(ArrivalsPtr arrivals, Mix mix, std::uint64_t seed);

// The classes of a mix as headers x-paragon-slo-*. Errors: invalid when they are of several tasks,
// since one load asks about one kind of picture.
Result<std::vector<LoadClass>> load_classes(const Mix& mix);
http::Headers slo_headers(const Constraints& constraints);

}  // namespace paragon
