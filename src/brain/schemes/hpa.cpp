// The Kubernetes Horizontal Pod Autoscaler v2 on CPU utilisation, a machine being a pod.
//
// Every 15 s: desired = ceil(n x metric / target), nothing within 10 % of the target. Machines that
// are not ready count as idle when scaling up. At most double, or four more, in 15 s; scaling down
// goes to the highest recommendation of the last five minutes. Constants from its source; the
// target is the user's, 70 % here.
#include <algorithm>
#include <cmath>

#include "brain/schemes/schemes.h"
#include "brain/schemes/window.h"
#include "brain/schemes/words.h"

namespace paragon {
namespace {

constexpr std::array kKnobs{
    Knob{"target", 0.7, 0.05, 1, "utilisation to keep", "chosen by the user; ours"},
    Knob{"every_s", 15, 1, 3600, "between two decisions", "source: sync period"},
    Knob{"tolerance", 0.1, 0, 1, "ratios this near to 1 change nothing", "source"},
    Knob{"down_window_s", 300, 1, 3600, "scaling down goes to the highest wish of it", "source"},
    Knob{"up_share", 1, 0, 100, "growth in one period, as a share", "source: +100 %"},
    Knob{"up_pods", 4, 0, 1000, "or in machines, whichever is more", "source: +4 pods"},
};

class Hpa final : public Scheme {
 public:
  explicit Hpa(const Knobs& knobs)
      : target_busy_(knobs["target"]),
        tolerance_(knobs["tolerance"]),
        up_share_(knobs["up_share"]),
        up_pods_(knobs.integer("up_pods")),
        every_(knobs.seconds("every_s")),
        busy_(knobs.seconds("every_s")),
        wishes_(knobs.seconds("down_window_s")) {}

  Wanted decide(const View& view) override {
    if (view.ready > 0) busy_.add(view.now, view.busy_mean);
    if (every_.due(view.now)) {
      const int have = view.booting + view.ready;
      const int wish = std::max(1, recommend(view, have));
      wishes_.add(view.now, wish);
      const int most =
          std::max(have + static_cast<int>(std::ceil(up_share_ * have)), have + up_pods_);
      last_ = {view.now, busy_.mean(), have, wish, static_cast<int>(wishes_.highest()), most};
      wanted_ = std::min(std::max(wish, std::min(have, static_cast<int>(wishes_.highest()))), most);
    }
    target_ = {view.cheapest, wanted_, OrderReason::demand};
    return {{&target_, 1}, {}};
  }
  Overflow overflow(const Overflowing&, const View&) const override { return Overflow::wait; }
  std::string why(const View&) const override {
    return fmt::format(
        "at {} the {} there were had been {} busy, to be kept at {} (within {} of it nothing "
        "changes): wished for {}; at most {} at once, and not under {}, the highest wish of the "
        "last {}, unless there are fewer",
        words::moment(last_.when), last_.have, words::percent(last_.busy),
        words::percent(target_busy_), words::percent(tolerance_), last_.wish, last_.most,
        last_.highest, words::length(wishes_.span()));
  }

 private:
  int recommend(const View& view, int have) const {
    if (view.ready == 0) return have;
    const double ratio = busy_.mean() / target_busy_;
    if (std::abs(ratio - 1) <= tolerance_) return have;
    if (ratio < 1 || view.booting == 0) {
      return static_cast<int>(std::ceil(ratio * view.ready - 1e-9));
    }
    // The ones on their way count as idle; if that turns the decision round, it waits for them.
    const double with_booting = ratio * view.ready / have;
    if (with_booting <= 1 + tolerance_) return have;
    return static_cast<int>(std::ceil(with_booting * have - 1e-9));
  }

  double target_busy_;
  double tolerance_;
  double up_share_;
  int up_pods_;
  Every every_;
  Window busy_;
  Window wishes_;
  int wanted_ = 1;
  Target target_;
  struct Sync {
    Time when;
    double busy = 0;
    int have = 0;
    int wish = 0;
    int highest = 0;
    int most = 0;
  };
  Sync last_{};
};

}  // namespace

constinit const SchemeInfo kHpa{"hpa", "the Kubernetes autoscaler on CPU utilisation",
                                "Kubernetes, its code", kKnobs, make_from_knobs<Hpa>};

}  // namespace paragon
