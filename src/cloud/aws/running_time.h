// How long an instance has run, as EC2 bills it: from `running` until it leaves it. Pending and
// shutting down cost nothing.
//
// EC2 does not say when an instance changed its state, only what it is when asked. So this is what
// the answers leave room for, and where they leave some, the longer time: at each end it may be too
// long by the time between two looks. One that was launched, or pending, shortly before it was seen
// to have ended, and that nobody saw running, most likely never ran: that is how launches fail. It
// counts as such.
#pragma once

#include <optional>

#include "base/time.h"
#include "cloud/aws/ec2_answer.h"

namespace paragon::aws {

class RunningTime {
 public:
  // It was launched then, or later.
  void launched(Time at) { began_ = at; }
  // What it was at some time from `asked` to `answered`.
  void seen(ec2::InstanceState state, Time asked, Time answered);
  // It was ended by then, being in this state before.
  void ended(ec2::InstanceState before, Time by);

  // So far; zero: it never ran, or does not yet.
  Duration ran(Time now) const;

 private:
  void end(Time by);

  Time began_{};               // not earlier than that
  bool runs_ = false;          // was seen running
  bool never_ = false;         // ended while pending
  std::optional<Time> ended_;  // by then
};

}  // namespace paragon::aws
