// Points in calendar time, UTC, to the second: what AWS dates its requests and answers with. Not
// the deployment's own timeline (base/time.h), which has no calendar. Whoever holds a clock passes
// the time in.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace paragon::aws {

using Instant = std::chrono::sys_seconds;

// "20260131T235959Z". The year must have four digits.
std::string basic_text(Instant when);

// "2026-01-31T23:59:59Z", as query parameters have it.
std::string extended_text(Instant when);

// Reads the extended form with or without a fraction, which is cut off
// ("2026-01-31T23:59:59.000Z"). Also "+00:00" and "+0000" for "Z", which some answers have. Error:
// invalid, with the text.
Result<Instant> read_instant(std::string_view text);

}  // namespace paragon::aws
