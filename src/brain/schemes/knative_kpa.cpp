// Knative's pod autoscaler on concurrency, a machine being a pod.
//
// Every 2 s it compares the mean concurrency of the last minute with 70 % of what a pod takes; and
// that of the last 6 s: where it asks for twice what is there, panic begins, in which it follows
// the larger of the two and never goes down. Concurrency counts what runs and what waits, in
// machines' worth (a query of a variant with k slots counts 1/k), so container concurrency is the
// slots of the present mix. Constants from its source. It scales to zero
// when a whole stable window brought no request.
#include <algorithm>
#include <cmath>

#include "brain/schemes/schemes.h"
#include "brain/schemes/window.h"
#include "brain/schemes/words.h"

namespace paragon {
namespace {

constexpr std::array kKnobs{
    Knob{"target", 0.7, 0.05, 1, "share of a machine's concurrency to keep", "source"},
    Knob{"every_s", 2, 0.1, 600, "between two decisions", "source: tick"},
    Knob{"stable_s", 60, 6, 3600, "stable window", "source"},
    Knob{"panic_share", 0.1, 0.01, 1, "panic window, as a share of the stable one", "source: 10 %"},
    Knob{"panic_at", 2, 1, 100, "wish over what is ready that begins panic", "source: 200 %"},
    Knob{"up_max", 1000, 1, 1000, "times what is ready, at most, in one decision", "source"},
    Knob{"down_max", 2, 1, 1000, "a part of what is ready, at least", "source"},
    Knob{"down_delay_s", 0, 0, 3600, "down goes to the highest wish of it", "source"},
};

class KnativeKpa final : public Scheme {
 public:
  explicit KnativeKpa(const Knobs& knobs)
      : target_share_(knobs["target"]),
        panic_at_(knobs["panic_at"]),
        up_max_(knobs["up_max"]),
        down_max_(knobs["down_max"]),
        stable_(knobs.seconds("stable_s")),
        every_(knobs.seconds("every_s")),
        stable_window_(stable_),
        panic_window_(from_seconds(knobs["stable_s"] * knobs["panic_share"])),
        wishes_(std::max(knobs.seconds("down_delay_s"), Duration(1))) {}

  Wanted decide(const View& view) override {
    const double concurrency = view.busy_mean * view.ready + view.waiting_worth(view.cheapest);
    stable_window_.add(view.now, concurrency);
    panic_window_.add(view.now, concurrency);
    if (every_.due(view.now)) scale(view);
    // To zero only when a stable window brought no request.
    const int least = view.load.rate(stable_).value > 0 ? 1 : 0;
    target_ = {view.cheapest, std::max(wanted_, least), OrderReason::demand};
    return {{&target_, 1}, {}};
  }
  Overflow overflow(const Overflowing&, const View&) const override { return Overflow::wait; }
  std::string why(const View&) const override {
    std::string text = fmt::format(
        "what runs and waits fills {} machines over {} and {} over {}; {} full each, that takes {} "
        "and {}, where {} were ready; {}",
        words::number(last_.stable), words::length(stable_), words::number(last_.panic),
        words::length(panic_window_.span()), words::percent(target_share_), last_.stable_wish,
        last_.panic_wish, last_.ready,
        panicking_ ? fmt::format("in panic (from {} times what is ready on): the most since it "
                                 "began, {}",
                                 words::number(panic_at_), panic_most_)
                   : "no panic, so the first");
    if (wishes_.span() > Duration(1)) {
      text += fmt::format(", and the most of the last {}", words::length(wishes_.span()));
    }
    return text + fmt::format("; 1 while anything came in the last {}", words::length(stable_));
  }

 private:
  void scale(const View& view) {
    const int ready = std::max(1, view.ready);
    const auto wish = [&](double concurrency) {
      const double pods = std::ceil(concurrency / target_share_ - 1e-9);
      const double least = view.ready > 0 ? std::floor(ready / down_max_) : 0;
      return static_cast<int>(std::clamp(pods, least, std::ceil(up_max_ * ready)));
    };
    const int stable = wish(stable_window_.mean());
    const int panic = wish(panic_window_.mean());
    const bool over = panic_window_.mean() / target_share_ / ready >= panic_at_;
    if (over) {
      if (!panicking_) panic_most_ = 0;
      panicking_ = true;
      over_last_ = view.now;
    } else if (panicking_ && view.now - over_last_ > stable_) {
      panicking_ = false;
    }
    int next = stable;
    if (panicking_) next = panic_most_ = std::max({panic_most_, stable, panic});
    last_ = {stable_window_.mean(), panic_window_.mean(), stable, panic, view.ready};
    wishes_.add(view.now, next);
    wanted_ = std::max(next, static_cast<int>(wishes_.highest()));
  }

  double target_share_;
  double panic_at_;
  double up_max_;
  double down_max_;
  Duration stable_;
  Every every_;
  Window stable_window_;
  Window panic_window_;
  Window wishes_;
  bool panicking_ = false;
  Time over_last_{};
  int panic_most_ = 0;
  int wanted_ = 1;
  Target target_;
  struct Look {
    double stable = 0;  // mean concurrency, in machines' worth
    double panic = 0;
    int stable_wish = 0;
    int panic_wish = 0;
    int ready = 0;
  };
  Look last_{};
};

}  // namespace

constinit const SchemeInfo kKnativeKpa{"knative_kpa",
                                       "Knative's autoscaler: concurrency, with a panic mode",
                                       "Knative, its code", kKnobs, make_from_knobs<KnativeKpa>};

}  // namespace paragon
