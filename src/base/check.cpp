#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace paragon {

void check_failed(const char* file, int line, const char* promise, const std::string& values) {
  std::fprintf(stderr, "%s:%d: broken promise: %s (%s)\n", file, line, promise, values.c_str());
  std::fflush(stderr);
  std::abort();
}

}  // namespace paragon
