#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace paragon {

void check_failed(const char* file, int line, const char* promise, const std::string& values) {
  check_failed(file, line, promise, values.c_str());
}

void check_failed(const char* file, int line, const char* promise, const char* values) {
  std::fprintf(stderr, "%s:%d: broken promise: %s (%s)\n", file, line, promise, values);
  std::fflush(stderr);
  std::abort();
}

}  // namespace paragon
