#include "cloud/aws/running_time.h"

#include <algorithm>

namespace paragon::aws {
namespace {

// Several looks, while anything changes: what nobody saw running in between did not run.
constexpr Duration kShortlyBefore = std::chrono::seconds(10);

}  // namespace

void RunningTime::seen(ec2::InstanceState state, Time asked, Time answered) {
  using ec2::InstanceState;
  switch (state) {
    case InstanceState::pending:
      if (runs_ || ended_) return;
      began_ = std::max(began_, asked);
      return;
    case InstanceState::running:
      runs_ = true;
      return;
    case InstanceState::shutting_down:
    case InstanceState::terminated:
    case InstanceState::stopping:
    case InstanceState::stopped:
      end(answered);
      return;
    case InstanceState::unknown:
      return;
  }
}

void RunningTime::ended(ec2::InstanceState before, Time by) {
  end(by);
  if (before == ec2::InstanceState::running) {
    runs_ = true;
    never_ = false;
  } else if (before == ec2::InstanceState::pending) {
    never_ = !runs_;
  }
}

void RunningTime::end(Time by) {
  if (ended_) return;
  ended_ = by;
  never_ = !runs_ && by - began_ < kShortlyBefore;
}

Duration RunningTime::ran(Time now) const {
  if (never_ || (!runs_ && !ended_)) return {};
  return std::max(ended_.value_or(now) - began_, Duration(1));
}

}  // namespace paragon::aws
