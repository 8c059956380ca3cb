// Buys when the machines are too full, gives back when they are too idle (paper: `util_aware`).
//
// What most people run: a threshold on utilisation, "80 % in most cases" (section II, citing
// INFaaS). It looks at machines instead of at load, so it needs no model of either; it pays with a
// gap in which nothing happens, where too many machines stay. The paper names the threshold only.
// Scale-in at 30 % is LIBRA's generic autoscaler; how many at a time and how often is ours: a tenth
// of the fleet, at least one, and again only when a minute of the new state has been seen.
#include <cmath>

#include "brain/schemes/schemes.h"
#include "brain/schemes/window.h"
#include "brain/schemes/words.h"

namespace paragon {
namespace {

constexpr std::array kKnobs{
    Knob{"out_at", 0.8, 0.05, 1, "utilisation above which machines are added", "paper, section II"},
    Knob{"in_at", 0.3, 0, 1, "utilisation below which machines are given back", "LIBRA's code"},
    Knob{"window_s", 60, 1, 3600, "utilisation is averaged over this", "ours"},
    Knob{"step", 0.1, 0, 10, "machines added or given back at once, as a share of the fleet",
         "ours"},
    Knob{"cooldown_s", 60, 0, 3600, "between two changes", "ours"},
};

class UtilAware final : public Scheme {
 public:
  explicit UtilAware(const Knobs& knobs)
      : out_at_(knobs["out_at"]),
        in_at_(knobs["in_at"]),
        step_(knobs["step"]),
        busy_(knobs.seconds("window_s")),
        cooldown_(knobs.seconds("cooldown_s")) {}

  Wanted decide(const View& view) override {
    const int have = view.booting + view.ready;
    int wanted = have;
    resting_ = last_change_ && view.now - *last_change_ < cooldown_;
    if (view.ready > 0) busy_.add(view.now, view.busy_mean);
    if (have == 0) {
      wanted = 1;
    } else if (view.ready > 0 && !resting_) {
      const int step = std::max(1, static_cast<int>(std::ceil(step_ * have)));
      if (busy_.mean() > out_at_ && view.booting == 0) wanted += step;
      if (busy_.mean() < in_at_) wanted = std::max(1, wanted - step);
    }
    if (wanted != have) last_change_ = view.now;
    target_ = {view.cheapest, wanted, OrderReason::demand};
    return {{&target_, 1}, {}};
  }
  Overflow overflow(const Overflowing&, const View&) const override { return Overflow::wait; }
  std::string why(const View& view) const override {
    const int have = view.booting + view.ready;
    if (have == 0) return "there is none: the first, whatever the load";
    if (view.ready == 0) return "none is ready, so how busy they are is not known: as they are";
    const double busy = busy_.mean();
    return fmt::format(
        "{} busy over the last {}: {}", words::percent(busy), words::length(busy_.span()),
        resting_         ? "the last change is too recent for another, so as they are"
        : busy > out_at_ ? fmt::format("over {}, {}", words::percent(out_at_),
                                       view.booting > 0 ? "but one is booting, so as they are"
                                                        : "so a step more")
        : busy < in_at_
            ? fmt::format("under {}, so a step fewer, if not the last", words::percent(in_at_))
            : fmt::format("between {} and {}, so as they are", words::percent(in_at_),
                          words::percent(out_at_)));
  }

 private:
  double out_at_;
  double in_at_;
  double step_;
  Window busy_;
  Duration cooldown_;
  std::optional<Time> last_change_;
  bool resting_ = false;  // in the last decision
  Target target_;
};

}  // namespace

constinit const SchemeInfo kUtilAware{"util_aware", "more machines when they are over 80 % busy",
                                      "the paper, after INFaaS", kKnobs,
                                      make_from_knobs<UtilAware>};

}  // namespace paragon
