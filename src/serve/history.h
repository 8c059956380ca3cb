// The last hour, one sample a second: for plots of load, machines and cost over time.
#pragma once

#include <cstdint>
#include <deque>

#include "base/time.h"
#include "base/units.h"

namespace paragon {

struct Sample {
  Time at{};
  std::uint32_t arrivals = 0;  // in the second before `at`
  std::uint32_t answered = 0;
  std::uint32_t missed = 0;
  std::uint32_t refused = 0;
  int machines_ready = 0;
  int machines_booting = 0;
  int machines_draining = 0;
  int functions_running = 0;
  int waiting = 0;
  Dollars cost;  // of machines and functions since the start
};

class History {
 public:
  static constexpr std::size_t kKept = 3600;
  void add(const Sample& sample) {
    if (samples_.size() == kKept) samples_.pop_front();
    samples_.push_back(sample);
  }
  const std::deque<Sample>& samples() const { return samples_; }  // oldest first

 private:
  std::deque<Sample> samples_;
};

}  // namespace paragon
