#include "brain/schemes/target_tracking.h"

#include <cmath>

namespace paragon {
namespace {

constexpr double kInMargin = 0.9;  // the scale-in alarm of AWS sits about 10 % under the target

}  // namespace

int TargetTracking::decide(const View& view) {
  if (view.ready > 0) {
    busy_.add(view.now, view.busy_mean);
    load_.add(view.now, view.busy_mean * view.ready);
  }
  const int have = view.booting + view.ready;
  if (have == 0) return wanted_ = 1;  // the group's least size: without a machine no metric
  if (wanted_ == 0) wanted_ = have;
  if (view.ready == 0 || !busy_.full(view.now) || !every_.due(view.now)) return wanted_;

  const double metric = busy_.mean();
  high_ = metric > settings_.target ? high_ + 1 : 0;
  low_ = metric < kInMargin * settings_.target ? low_ + 1 : 0;
  const double needed = load_.mean() / settings_.target;
  const bool resting = changed_ && view.now - *changed_ < settings_.cooldown;
  int next = wanted_;
  if (high_ >= settings_.out_points) {
    next = std::max(have, static_cast<int>(std::ceil(needed - 1e-9)));
  } else if (low_ >= settings_.in_points && view.booting == 0 && !resting) {
    next = std::max(1, std::min(have, static_cast<int>(std::ceil(needed - 1e-9))));
  }
  if (next != wanted_) changed_ = view.now;
  return wanted_ = next;
}

}  // namespace paragon
