// How a command ends that could not do what it was asked.
#pragma once

#include "base/result.h"

namespace paragon {

// 2 where something given is wrong (a flag, a file), so that asking again will not help; else 1.
inline int exit_status(const Error& error) {
  return error.code == ErrorCode::invalid || error.code == ErrorCode::not_found ? 2 : 1;
}

}  // namespace paragon
