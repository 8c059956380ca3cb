#include "wire/alarm.h"

#include <algorithm>

namespace paragon {

void Alarm::arm(Time deadline) {
  const Time when = std::max(deadline, last_rung_ + gap_);
  if (when >= armed_) return;
  armed_ = when;
  timer_ = loop_.at(when, [this] {
    armed_ = kNever;
    last_rung_ = loop_.now();
    ring_(last_rung_);
  });
}

void Alarm::stop() {
  timer_.cancel();
  armed_ = kNever;
}

}  // namespace paragon
