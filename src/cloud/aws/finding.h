// One line of what a look at a configuration found.
#pragma once

#include <string>

namespace paragon::aws {

enum class Grade { good, warning, wrong };

struct Finding {
  Grade grade = Grade::good;
  std::string what;  // one line: what was looked at, what it is, and what to do where it is wrong
};

}  // namespace paragon::aws
