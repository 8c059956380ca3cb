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
  // As a profile has it; `high` is the 99th percentile.
  Estimate(Duration mean, Duration high)
      : mean_ns_(in_ns(mean)),
        deviation_ns_(std::max(0.0, in_ns(high - mean) / 3)),
        spread_least_(mean_ns_ > 0 ? deviation_ns_ / mean_ns_ : 0),
        mean_(mean) {}

  double mean_s() const { return mean_ns_ * 1e-9; }
  Duration mean() const { return mean_; }
  Duration high() const { return nearest_ns(mean_ns_ + 3 * deviation_ns_); }
  // For what cannot be made up for: one in a hundred is beyond high(), hardly one in 100,000 here.
  Duration slowest() const { return nearest_ns(mean_ns_ + 6 * deviation_ns_); }
  bool tried() const { return tried_; }
  // How much longer it takes than the profile says; of a profile without a time, 0.
  double ratio_to(const Estimate& profile) const {
    return profile.mean_ns_ > 0 ? mean_ns_ / profile.mean_ns_ : 0;
  }

  void learn(Duration service) {
    // One stall (a paused host, a page fault storm) must not count as the new normal.
    const double x = std::min(in_ns(service), 20 * mean_ns_ + in_ns(kNeverAStall));
    const double error = x - mean_ns_;
    tried_ = true;
    mean_ns_ += kGain * error;
    mean_ = nearest_ns(mean_ns_);
    deviation_ns_ += kGain * (std::abs(error) - deviation_ns_);
    deviation_ns_ = std::max(deviation_ns_, spread_least_ * mean_ns_);
  }

  // It was given up after so long: a slow one takes longer than that. Believed at once, so that the
  // next is given more time, and forgotten as others turn out faster.
  void outlasted(Duration at_least) {
    tried_ = true;
    deviation_ns_ = std::max(deviation_ns_, (in_ns(at_least) - mean_ns_) / 3);
  }

  // Never tried itself: what was learned of its like says that it takes `ratio` of its profile.
  void carry(const Estimate& profile, double ratio) {
    mean_ns_ = ratio * profile.mean_ns_;
    mean_ = nearest_ns(mean_ns_);
    deviation_ns_ = ratio * profile.deviation_ns_;
  }

 private:
  static constexpr double kGain = 1.0 / 32;
  static constexpr Duration kNeverAStall = std::chrono::milliseconds(100);

  static constexpr double in_ns(Duration d) { return static_cast<double>(d.count()); }

  // Every answer moves them, so they are kept in the unit of the clock.
  double mean_ns_ = 0;
  double deviation_ns_ = 0;
  double spread_least_ = 0;  // deviation_ns_ over mean_ns_, as the profile has it
  Duration mean_{};          // mean_ns_, for every query that looks at it
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
