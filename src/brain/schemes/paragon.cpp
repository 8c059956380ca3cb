// The paper's scheme: machines ahead of the load, functions for what comes too fast (section IV).
//
// Machines are bought for the mean rate expected a boot ahead, planned full: an idle margin is what
// an autoscaler keeps so that the noise of the load finds a slot, and here functions and the slack
// of relaxed queries take the noise. The load monitor looks at several window lengths; where the
// peak is far over the median in one of them the load is bursty (section III-B, observation 4), and
// strict queries without a slot take a function at once. Where the load is static machines alone
// serve it: strict queries wait for one too, as long as that is in time (a function is still better
// than a miss). Relaxed queries always wait, and leave for a function at the last responsible
// moment.
//
// Machines are given back only when the need has been lower for the minimum time that is billed:
// sooner would save nothing. Without functions there is nothing to take the noise, and machines
// follow the upper edge of the forecast with the margin that every scheme has.
#include <algorithm>

#include "brain/schemes/schemes.h"
#include "brain/schemes/window.h"
#include "brain/schemes/words.h"

namespace paragon {
namespace {

constexpr std::array kKnobs{
    Knob{"burst", 1.5, 1, 100, "peak to median from which the load is bursty",
         "the paper gives none; ours"},
    Knob{"sampling_s", 10, 1, 60, "of the peak to median", "the paper gives none; ours"},
    Knob{"recent_s", 60, 1, 600, "of the load that is there now", "as for `reactive`; ours"},
    Knob{"busy", 1, 0.1, 1, "how full machines are planned, functions taking the noise", "ours"},
    Knob{"band", 0.95, 0.5, 0.999, "edge of the forecast to buy for without functions", "ours"},
    Knob{"hold_s", 0, 0, 7200, "before giving back; 0: what is billed at least", "ours"},
};

class Paragon final : public Scheme {
 public:
  explicit Paragon(const Knobs& knobs)
      : burst_(knobs["burst"]),
        sampling_(knobs.seconds("sampling_s")),
        window_(knobs.seconds("recent_s")),
        band_(knobs["band"]),
        busy_(knobs["busy"]),
        hold_(knobs.seconds("hold_s")) {}

  Wanted decide(const View& view) override {
    bursty_ = view.load.bursty(sampling_, burst_);
    const double busy = planned_busy(view);
    const int now = view.machines_for(view.load.rate(window_), view.cheapest, busy);
    const int then = view.machines_for(ahead(view), view.cheapest, busy);
    const int held = held_.most(std::max(now, then), hold(view), view.now);
    target_ = {view.cheapest, held, then > now ? OrderReason::forecast : OrderReason::demand};
    return {{&target_, 1}, {}};
  }

  Overflow overflow(const Overflowing& query, const View&) const override {
    if (query.query_class == QueryClass::relaxed) return Overflow::wait_for_deadline;
    if (!bursty_ && query.machine_in_time) return Overflow::wait_for_deadline;
    return Overflow::function_now;
  }
  std::string why(const View& view) const override {
    return fmt::format(
        "the load of the last {}: {}\nthe forecast a boot ahead{}: {}\nof both the higher, and the "
        "most of the last {}\nstrict queries without a slot {} (bursty: peak to median from {} on, "
        "by pieces of {}, over one, five or ten minutes, and the first {} s)",
        words::length(window_), words::sum(view, view.load.rate(window_), planned_busy(view)),
        view.functions ? "" : fmt::format(", not exceeded in {}", words::percent(band_)),
        words::sum(view, ahead(view), planned_busy(view)), words::length(hold(view)),
        bursty_ ? "leave for a function at once: the load is bursty"
                : "wait where that is in time: the load is not bursty",
        words::number(burst_), words::length(sampling_), Monitor::kFewest);
  }

 private:
  Rate ahead(const View& view) const {
    return view.functions ? view.forecast.expect(view.provisioning)
                          : view.forecast.at_most(view.provisioning, band_);
  }
  double planned_busy(const View& view) const { return view.functions ? busy_ : view.target_busy; }
  Duration hold(const View& view) const {
    return hold_ > Duration::zero() ? hold_ : view.catalog.offer(view.cheapest).minimum_billed;
  }

  double burst_;
  Duration sampling_;
  Duration window_;
  double band_;
  double busy_;
  Duration hold_;
  bool bursty_ = true;  // until something is known
  Target target_;
  Hold held_;
};

}  // namespace

constinit const SchemeInfo kParagon{"paragon",
                                    "machines ahead of the load, functions for what comes too fast",
                                    "the paper, section IV", kKnobs, make_from_knobs<Paragon>};

}  // namespace paragon
