// CHECK: a promise inside the program is broken, so stop, with the values printed.
//
// Stays on in release builds. Never for bad input or a misbehaving world: those are Results.
#pragma once

#include <string>

namespace paragon {

[[noreturn]] void check_failed(const char* file, int line, const char* promise,
                               const std::string& values);
// Of a text that is there already: nothing is made of it where it is checked, in hot functions.
[[noreturn]] void check_failed(const char* file, int line, const char* promise, const char* values);

}  // namespace paragon

#define PARAGON_CHECK(promise, values)                                 \
  do {                                                                 \
    if (!(promise)) [[unlikely]]                                       \
      ::paragon::check_failed(__FILE__, __LINE__, #promise, (values)); \
  } while (false)
