// A simple forecast of the arrival rate: level and damped trend with an error band.
//
// Holt's linear method with damped trend (Gardner and McKenzie, 1985), fed one sample a second. The
// band is the forecast's own recent absolute error, grown with the horizon. Deliberately plain:
// richer forecasters come behind the same three functions.
#pragma once

#include "base/time.h"
#include "base/units.h"

namespace paragon {

class Forecast {
 public:
  void observe(Rate sample);          // one closed sample of Monitor::kSample
  Rate expect(Duration ahead) const;  // never negative
  // The rate that is not exceeded with about the given probability (0.5 to 0.999) at `ahead`.
  Rate at_most(Duration ahead, double probability) const;

 private:
  // Slow enough that the noise of single seconds is not taken for a trend: on the one-hour
  // Berkeley, WITS and Twitter traces the mean error two minutes ahead is 0.13, 0.21 and 0.20 of
  // the mean load, about what the mean of the last minute gives (0.12, 0.21, 0.21), and it leads on
  // a ramp.
  static constexpr double kLevelGain = 0.04;
  static constexpr double kTrendGain = 0.0001;
  static constexpr double kDamping = 0.99;  // of the trend, per second
  static constexpr double kErrorGain = 0.05;

  double level_ = 0;
  double trend_ = 0;
  double deviation_ = 0;  // mean absolute one-step error
  bool started_ = false;
};

}  // namespace paragon
