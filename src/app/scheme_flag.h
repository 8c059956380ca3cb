// Schemes named on the command line.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace paragon {

// Errors: invalid, when one is no scheme, or one that only follows a plan. Names the flag, what was
// given and those that may be.
Status check_schemes(std::string_view flag, std::span<const std::string> names);

}  // namespace paragon
