// Ray Serve's autoscaler: two ongoing requests a replica, a slot being a replica.
//
// The mean of the requests running and waiting over 30 s, divided by the target of one replica. It
// acts when the wish has pointed the same way for 30 s (up) or 600 s (down). Its default of two
// ongoing requests a replica keeps one waiting behind the one that runs: throughput before latency.
// Constants from its source.
#include <algorithm>
#include <cmath>

#include "brain/schemes/schemes.h"
#include "brain/schemes/window.h"
#include "brain/schemes/words.h"

namespace paragon {
namespace {

constexpr std::array kKnobs{
    Knob{"target_ongoing", 2, 0.05, 100, "requests a slot should have, running and waiting",
         "source"},
    Knob{"window_s", 30, 1, 3600, "of the mean", "source: look_back_period_s"},
    Knob{"every_s", 10, 0.1, 600, "between two metrics", "source: metrics_interval_s"},
    Knob{"up_delay_s", 30, 0, 3600, "before scaling up", "source"},
    Knob{"down_delay_s", 600, 0, 7200, "before scaling down", "source"},
    Knob{"smoothing", 1, 0.01, 10, "of the step towards the wish", "source"},
};

class RayServe final : public Scheme {
 public:
  explicit RayServe(const Knobs& knobs)
      : per_slot_(knobs["target_ongoing"]),
        smoothing_(knobs["smoothing"]),
        up_delay_(knobs.seconds("up_delay_s")),
        down_delay_(knobs.seconds("down_delay_s")),
        every_(knobs.seconds("every_s")),
        ongoing_(knobs.seconds("window_s")) {}

  Wanted decide(const View& view) override {
    // In machines' worth: what runs on all slots of one machine is 1.
    ongoing_.add(view.now, view.busy_mean * view.ready + view.waiting_worth(view.cheapest));
    const int have = view.booting + view.ready;
    if (have == 0) {
      wanted_ = view.load.rate(every_.period()).value > 0 ? 1 : 0;  // any request starts the first
    } else if (every_.due(view.now)) {
      scale(view.now, have);
    }
    target_ = {view.cheapest, wanted_, OrderReason::demand};
    return {{&target_, 1}, {}};
  }
  Overflow overflow(const Overflowing&, const View&) const override { return Overflow::wait; }
  std::string why(const View& view) const override {
    if (view.booting + view.ready == 0) {
      return fmt::format("there is none: the first, if anything came in the last {} ({})",
                         words::length(every_.period()),
                         words::rate(view.load.rate(every_.period())));
    }
    return fmt::format(
        "what runs and waits fills {} machines over the last {}; with {} of it on each slot that "
        "makes {}, where there were {}: {} (it must point up for {}, down for {})",
        words::number(last_.ongoing), words::length(ongoing_.span()), words::number(per_slot_),
        last_.next, last_.have,
        last_.held ? fmt::format("pointing there for {}", words::length(*last_.held))
                   : "as they are",
        words::length(up_delay_), words::length(down_delay_));
  }

 private:
  void scale(Time now, int have) {
    const double wish = ongoing_.mean() / per_slot_;
    const int next =
        std::max(1, static_cast<int>(std::ceil(have + smoothing_ * (wish - have) - 1e-9)));
    const int way = next > have ? 1 : next < have ? -1 : 0;
    if (way != way_) since_ = now;
    way_ = way;
    const Duration held = now - since_;
    last_ = {ongoing_.mean(), have, next, {}};
    if (way != 0) last_.held = held;
    wanted_ = have;
    if ((way > 0 && held >= up_delay_) || (way < 0 && held >= down_delay_)) {
      wanted_ = next;
      way_ = 0;
    }
  }

  double per_slot_;
  double smoothing_;
  Duration up_delay_;
  Duration down_delay_;
  Every every_;
  Window ongoing_;
  int way_ = 0;  // the wish: up, down, as it is
  Time since_{};
  int wanted_ = 1;
  Target target_;
  struct Metric {
    double ongoing = 0;  // in machines' worth
    int have = 0;
    int next = 0;
    std::optional<Duration> held;  // for how long it has pointed up or down
  };
  Metric last_{};
};

}  // namespace

constinit const SchemeInfo kRayServe{"ray_serve", "Ray Serve's autoscaler: ongoing requests a slot",
                                     "Ray, its code", kKnobs, make_from_knobs<RayServe>};

}  // namespace paragon
