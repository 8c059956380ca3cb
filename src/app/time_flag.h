// Times on the command line: "90" (seconds), "250ms", "10m", "2h", "1d".
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace paragon {

// Errors: invalid, naming the flag, what was given and what is expected.
Result<Duration> time_of(std::string_view flag, const std::string& text);

}  // namespace paragon
