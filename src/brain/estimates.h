// Service times as they turn out, per variant and offer: the profile to begin with, then learned.
//
// A profile is measured on one machine; the machine at hand differs, and drifts. The mean follows
// the outcomes with an exponential average, the spread with the mean absolute deviation; the 99th
// percentile is taken as mean + 3 deviations (for the narrow, right-skewed service times of neural
// networks that errs on the safe side), and never below what the profile says relative to its mean.
//
// What was learned on one offer carries over, in proportion, to those that were never tried: else
// they would keep the profile's word and look better than they are.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "catalog/catalog.h"

namespace paragon {

class Estimate {
 public:
  Estimate() = default;
  // As a profile has it. In seconds.
  Estimate(double mean_s, double deviation_s)
      : mean_s_(mean_s),
        deviation_s_(deviation_s),
        spread_least_(mean_s > 0 ? deviation_s / mean_s : 0),
        mean_(from_seconds(mean_s)) {}

  double mean_s() const { return mean_s_; }
  Duration mean() const { return mean_; }
  Duration high() const { return from_seconds(mean_s_ + 3 * deviation_s_); }
  // For what cannot be made up for: one in a hundred is beyond high(), hardly one in 100,000 here.
  Duration slowest() const { return from_seconds(mean_s_ + 6 * deviation_s_); }
  bool tried() const { return tried_; }

  void learn(Duration service) {
    // One stall (a paused host, a page fault storm) must not count as the new normal.
    const double x = std::min(seconds(service), 20 * mean_s_ + 0.1);
    const double error = x - mean_s_;
    tried_ = true;
    mean_s_ += kGain * error;
    mean_ = from_seconds(mean_s_);
    deviation_s_ += kGain * (std::abs(error) - deviation_s_);
    deviation_s_ = std::max(deviation_s_, spread_least_ * mean_s_);
  }

  // It was given up after so long: a slow one takes longer than that. Believed at once, so that the
  // next is given more time, and forgotten as others turn out faster.
  void outlasted(Duration at_least) {
    tried_ = true;
    deviation_s_ = std::max(deviation_s_, (seconds(at_least) - mean_s_) / 3);
  }

  // Never tried itself: what was learned of its like says that it takes `ratio` of its profile.
  void carry(const Estimate& profile, double ratio) {
    mean_s_ = ratio * profile.mean_s_;
    mean_ = from_seconds(mean_s_);
    deviation_s_ = ratio * profile.deviation_s_;
  }

 private:
  static constexpr double kGain = 1.0 / 32;

  double mean_s_ = 0;
  double deviation_s_ = 0;
  double spread_least_ = 0;  // deviation_s_ over mean_s_, as the profile has it
  Duration mean_{};          // mean_s_, for every query that looks at it
  bool tried_ = false;
};

class Estimates {
 public:
  explicit Estimates(const Catalog& catalog);

  const Estimate& on(VariantId v, MachineOfferId o) const {
    return machine_[v.index() * machine_offers_ + o.index()];
  }
  const Estimate& on(VariantId v, FunctionOfferId o) const {
    return function_[v.index() * function_offers_ + o.index()];
  }
  // What a cold start adds to a call.
  Duration cold_start(VariantId v, FunctionOfferId o) const {
    return cold_[v.index() * function_offers_ + o.index()].high();
  }

  void learn(VariantId v, MachineOfferId o, Duration service) {
    machine_[v.index() * machine_offers_ + o.index()].learn(service);
  }
  void learn(VariantId v, FunctionOfferId o, Duration service) {
    function_[v.index() * function_offers_ + o.index()].learn(service);
  }
  // Once a tick.
  void carry_over();
  void learn_cold_start(VariantId v, FunctionOfferId o, Duration extra) {
    cold_[v.index() * function_offers_ + o.index()].learn(extra);
  }
  void cold_start_outlasted(VariantId v, FunctionOfferId o, Duration at_least) {
    cold_[v.index() * function_offers_ + o.index()].outlasted(at_least);
  }

 private:
  std::size_t machine_offers_;
  std::size_t function_offers_;
  std::vector<Estimate> machine_;   // variant-major
  std::vector<Estimate> function_;  // variant-major
  std::vector<Estimate> machine_profile_;
  std::vector<Estimate> function_profile_;
  std::vector<Estimate> cold_;  // variant-major
};

}  // namespace paragon
