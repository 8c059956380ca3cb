// The autoscaling group that most people on AWS have: target tracking on CPU utilisation.
//
// Three one-minute data points above the target scale out in proportion; fifteen under 90 % of it
// scale in. Slow by design: it is what a metric store with one-minute points can do. Cadence and
// margin of the alarms are AWS's legacy ones (an operations blog says so; AWS documents only
// "scales out proportionally, scales in more gradually" and tunes them itself since November 2024).
#include "brain/schemes/schemes.h"
#include "brain/schemes/target_tracking.h"

namespace paragon {
namespace {

constexpr std::array kKnobs{
    Knob{"target", 0.7, 0.05, 1, "utilisation to keep", "chosen by the user; ours"},
    Knob{"period_s", 60, 1, 3600, "of one data point", "CloudWatch, basic monitoring"},
    Knob{"out_points", 3, 1, 100, "data points above the target that scale out", "legacy alarms"},
    Knob{"in_points", 15, 1, 100, "data points under 90 % of it that scale in", "legacy alarms"},
};

class AwsTargetTracking final : public Scheme {
 public:
  explicit AwsTargetTracking(const Knobs& knobs)
      : tracking_({knobs["target"], knobs.seconds("period_s"), knobs.integer("out_points"),
                   knobs.integer("in_points"), Duration::zero()}) {}

  Wanted decide(const View& view) override {
    target_ = {view.cheapest, tracking_.decide(view), OrderReason::demand};
    return {{&target_, 1}, {}};
  }
  Overflow overflow(const Overflowing&, const View&) const override { return Overflow::wait; }
  std::string why(const View&) const override { return tracking_.why(); }

 private:
  TargetTracking tracking_;
  Target target_;
};

}  // namespace

constinit const SchemeInfo kAwsTargetTracking{
    "aws_target_tracking", "an AWS autoscaling group on CPU utilisation", "AWS, as documented",
    kKnobs, make_from_knobs<AwsTargetTracking>};

}  // namespace paragon
