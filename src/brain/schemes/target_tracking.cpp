#include "brain/schemes/target_tracking.h"

#include <cmath>

#include "brain/schemes/words.h"

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
  first_ = have == 0;
  if (have == 0) return wanted_ = 1;  // the group's least size: without a machine no metric
  if (wanted_ == 0) wanted_ = have;
  if (view.ready == 0 || !busy_.full(view.now) || !every_.due(view.now)) return wanted_;

  const double metric = busy_.mean();
  high_ = metric > settings_.target ? high_ + 1 : 0;
  low_ = metric < kInMargin * settings_.target ? low_ + 1 : 0;
  const double needed = load_.mean() / settings_.target;
  last_ = {view.now, metric, needed};
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

std::string TargetTracking::why() const {
  if (first_) return "there is none, and without one nothing is measured: the first";
  if (!last_) {
    return fmt::format("no data point yet ({} of load on a machine that is ready): as they are",
                       words::length(settings_.period));
  }
  return fmt::format(
      "{} busy in the data point of {}, to be kept at {}: {} in a row above it (from {} on it "
      "grows), {} under {} (from {} on it shrinks{}); its load takes {} machines at that",
      words::percent(last_->busy), words::moment(last_->when), words::percent(settings_.target),
      high_, settings_.out_points, low_, words::percent(kInMargin * settings_.target),
      settings_.in_points,
      settings_.cooldown > Duration::zero()
          ? fmt::format(", {} after the last change", words::length(settings_.cooldown))
          : "",
      words::number(last_->needed));
}

}  // namespace paragon
