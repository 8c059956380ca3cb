// One timer for many deadlines.
//
// Connections and calls get a new deadline with every message, and nearly all are met. So nothing
// is armed or cancelled per message: the alarm is armed for the earliest deadline it was told of,
// and when it goes off the owner looks through what it has, ends what is overdue, and tells the
// alarm of the earliest deadline left.
#pragma once

#include <functional>

#include "wire/loop.h"

namespace paragon {

class Alarm {
 public:
  // `ring` is called on the loop's thread, at most once each `gap`: the most that a deadline may be
  // overshot, and a bound on the work of looking through.
  Alarm(Loop& loop, Duration gap, std::function<void(Time now)> ring)
      : loop_(loop), gap_(gap), ring_(std::move(ring)) {}

  void expect(Time deadline) {
    if (deadline < armed_) arm(deadline);
  }
  void stop();

 private:
  void arm(Time deadline);

  Loop& loop_;
  Duration gap_;
  std::function<void(Time)> ring_;
  Loop::Timer timer_;
  Time armed_ = kNever;
  Time last_rung_{-std::chrono::hours(1)};
};

}  // namespace paragon
