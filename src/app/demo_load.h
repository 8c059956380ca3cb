// Which load the demonstration replays: the trace that was named, else a recorded one found beside
// the source tree, else a generated day.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "load/schedule.h"

namespace paragon {

// `mean` is the rate aimed at. The source of the schedule says what was cut, scaled or generated.
Result<Schedule> demo_schedule(const std::string& trace, Duration length, Rate mean,
                               std::uint64_t seed);

// A day's published hourly rates played in `length`, and a flash crowd on top of it at three
// fifths.
Result<Schedule> generated_day(Duration length, Rate mean, std::uint64_t seed);

}  // namespace paragon
