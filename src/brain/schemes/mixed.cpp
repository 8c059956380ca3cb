// Functions while the machines scale (paper: `mixed`, after Spock).
//
// Machines follow an ordinary autoscaler. One flag for everything says whether functions help out:
// while any machine is starting or draining, while the autoscaler's alarm is on, or where there is
// no machine. Then whatever finds no slot goes to a function at once, strict or relaxed; else all
// of it waits for machines. That the flag is global is what `paragon` improves on: relaxed queries
// take dear functions although they could have waited, and strict ones wait for the alarm.
//
// From LIBRA's re-implementation (policy vm_cloud_hide): state re-read each second, cool-down 300
// s.
#include "brain/schemes/schemes.h"
#include "brain/schemes/target_tracking.h"

namespace paragon {
namespace {

constexpr std::array kKnobs{
    Knob{"target", 0.7, 0.05, 1, "utilisation to keep", "chosen by the user; ours"},
    Knob{"period_s", 60, 1, 3600, "of one data point", "CloudWatch, basic monitoring"},
    Knob{"out_points", 1, 1, 100, "data points above the target that scale out", "LIBRA's code"},
    Knob{"in_points", 15, 1, 100, "data points under 90 % of it that scale in", "legacy alarms"},
    Knob{"cooldown_s", 300, 0, 3600, "after a change, before a scale-in", "LIBRA's code"},
};

class Mixed final : public Scheme {
 public:
  explicit Mixed(const Knobs& knobs)
      : tracking_({knobs["target"], knobs.seconds("period_s"), knobs.integer("out_points"),
                   knobs.integer("in_points"), knobs.seconds("cooldown_s")}) {}

  Wanted decide(const View& view) override {
    target_ = {view.cheapest, tracking_.decide(view), OrderReason::demand};
    return {{&target_, 1}, {}};
  }
  Overflow overflow(const Overflowing&, const View& view) const override {
    const bool scaling = view.booting > 0 || view.draining > 0;
    return scaling || tracking_.alarm() || view.ready == 0 ? Overflow::function_now
                                                           : Overflow::wait;
  }
  std::string why(const View&) const override { return tracking_.why(); }

 private:
  TargetTracking tracking_;
  Target target_;
};

}  // namespace

constinit const SchemeInfo kMixed{"mixed", "an autoscaler, and functions for all while it scales",
                                  "the paper, after Spock", kKnobs, make_from_knobs<Mixed>};

}  // namespace paragon
