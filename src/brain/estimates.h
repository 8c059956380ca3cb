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

struct Estimate {
  double mean_s = 0;
  double deviation_s = 0;
  double spread_least = 0;  // deviation_s over mean_s, as the profile has it
  bool tried = false;

  Duration mean() const { return from_seconds(mean_s); }
  Duration high() const { return from_seconds(mean_s + 3 * deviation_s); }
  // For what cannot be made up for: one in a hundred is beyond high(), hardly one in 100,000 here.
  Duration slowest() const { return from_seconds(mean_s + 6 * deviation_s); }
  void learn(Duration service) {
    // One stall (a paused host, a page fault storm) must not count as the new normal.
    const double x = std::min(seconds(service), 20 * mean_s + 0.1);
    const double error = x - mean_s;
    tried = true;
    mean_s += kGain * error;
    deviation_s += kGain * (std::abs(error) - deviation_s);
    deviation_s = std::max(deviation_s, spread_least * mean_s);
  }

  // It was given up after so long: a slow one takes longer than that. Believed at once, so that the
  // next is given more time, and forgotten as others turn out faster.
  void outlasted(Duration at_least) {
    tried = true;
    deviation_s = std::max(deviation_s, (seconds(at_least) - mean_s) / 3);
  }

 private:
  static constexpr double kGain = 1.0 / 32;
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
