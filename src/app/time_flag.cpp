#include "app/time_flag.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "catalog/complaints.h"

namespace paragon {

Result<Duration> time_of(std::string_view flag, const std::string& text) {
  constexpr double kLongest = 100 * 365 * 86400.0;  // a century fits the clock
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  double factor = 0;
  if (unit.empty() || unit == "s") factor = 1;
  if (unit == "ms") factor = 1e-3;
  if (unit == "m" || unit == "min") factor = 60;
  if (unit == "h") factor = 3600;
  if (unit == "d") factor = 86400;
  const double s = value * factor;
  if (error != std::errc{} || factor == 0 || !std::isfinite(s) || s < 0 || s > kLongest) {
    return {ErrorCode::invalid,
            fmt::format("{}: got {}, expected a time such as 90 (seconds), 10m, 2h or 1d", flag,
                        in_quotes(text))};
  }
  return from_seconds(s);
}

}  // namespace paragon
