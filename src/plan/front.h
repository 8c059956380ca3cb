// Which of several ways to answer are not beaten: by cost, latency and accuracy together.
#pragma once

#include <span>
#include <vector>

#include "base/time.h"
#include "base/units.h"

namespace paragon::plan {

struct Worth {
  Dollars cost;  // of the same number of queries
  Duration latency{};
  Accuracy accuracy;
};

// True for those that no other is as good as in all three and better than in one.
std::vector<bool> not_beaten(std::span<const Worth> ways);

}  // namespace paragon::plan
