// Target tracking as AWS documents it: keep the mean utilisation at a target.
//
// Once a period the utilisation is a data point. Enough points in a row above the target: scale out
// in proportion, n x metric / target, at once. Enough below 90 % of it: scale in, but only as far
// as stays under the target. A pool that scales out again counts what is booting.
#pragma once

#include <optional>
#include <string>

#include "brain/schemes/window.h"
#include "brain/view.h"

namespace paragon {

class TargetTracking {
 public:
  struct Settings {
    double target = 0.7;
    Duration period = std::chrono::seconds(60);
    int out_points = 3;
    int in_points = 15;
    Duration cooldown{};  // after a change, before the next scale-in
  };
  explicit TargetTracking(const Settings& settings)
      : settings_(settings),
        busy_(settings.period),
        load_(settings.period),
        every_(settings.period) {}

  // Once a tick: the number of machines there should be.
  int decide(const View& view);
  // What the last number came of.
  std::string why() const;
  // The alarm to scale out is on (from the first data point above the target that counts).
  bool alarm() const { return high_ >= settings_.out_points; }

 private:
  Settings settings_;
  Window busy_;
  Window load_;  // in machines' worth: what a period with more and more machines had to do
  Every every_;
  int high_ = 0;  // data points in a row above the target
  int low_ = 0;   // and under nine tenths of it
  int wanted_ = 0;
  std::optional<Time> changed_;
  struct Point {
    Time when;
    double busy = 0;
    double needed = 0;  // machines that would be at the target
  };
  std::optional<Point> last_;
  bool first_ = false;  // there was no machine
};

}  // namespace paragon
