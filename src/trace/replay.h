// Arrivals from a recorded trace: cut, scaled, compressed, repeated.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/units.h"
#include "trace/arrivals.h"

namespace paragon {

// Applied in this order. The file's time starts at its first row.
struct Shape {
  Duration from{};               // cut: what comes before is left out, and this becomes time 0
  std::optional<Duration> to{};  // cut: what comes at or after this is left out; the file's end
  double compress = 1;         // above 0: 10 plays an hour in 6 minutes, ten times as many a second
  double scale = 1;            // above 0: this many requests for each in the file
  std::optional<Rate> mean{};  // instead of scale: so many that this is the mean rate that results
  int repeat = 1;              // times; 0 = for ever
  Spacing spacing = Spacing::poisson;
  std::uint64_t seed = 1;  // the same seed and shape give the same arrivals, everywhere
};

// Where requests are only counted, their times inside a unit are drawn by `spacing`. Unscaled, a
// unit has exactly the requests that the file counts; scaled, poisson draws their number with that
// mean and even keeps the running total right. Scaled timestamps are thinned out or repeated within
// the gap to the next. Reads the file once before (summarise), so a file that is wrong is refused
// here and not half way. Should it be changed after that, the arrivals end there.
Result<ArrivalsPtr> replay_trace(const std::string& file, const Shape& shape = {});

}  // namespace paragon
