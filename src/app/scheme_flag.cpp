#include "app/scheme_flag.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "brain/scheme.h"
#include "catalog/complaints.h"

namespace paragon {

Status check_schemes(std::string_view flag, std::span<const std::string> names) {
  for (const std::string& name : names) {
    const SchemeInfo* scheme = find_scheme(name);
    if (scheme != nullptr && !scheme->follows_plan) continue;
    return {ErrorCode::invalid,
            fmt::format("{}: got {}, expected one of: {}", flag, in_quotes(name),
                        fmt::join(deciding_scheme_names(), ", "))};
  }
  return {};
}

}  // namespace paragon
