// The time of day, for what others are told and what comes from them. Nothing is decided by it: it
// may jump (base/time.h).
#pragma once

#include <chrono>
#include <cstdint>

namespace paragon {

// Milliseconds since 1970, UTC.
inline std::int64_t unix_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace paragon
