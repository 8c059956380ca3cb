// The paper's scheme: machines ahead of the load, functions for what comes too fast (section IV).
//
// The load monitor looks at several window lengths; where the peak is far over the median in one of
// them the load is bursty (section III-B, observation 4), and only then are functions worth having.
// Then machines follow the expected rate and functions absorb the peaks. Where the load is static,
// machines alone serve it: as many as the upper edge of the forecast takes, and what finds no slot
// waits, as long as that is in time (a function is still better than a miss). Machines are bought
// for the forecast over the provisioning delay. Strict queries without a slot take a function at
// once; relaxed ones wait and leave at the last responsible moment.
//
// Machines are given back only when the need has been lower for a whole hold time: what is billed
// at least, or a boot, whichever is longer, since a machine bought back within it saves nothing.
#include <algorithm>

#include "brain/schemes/schemes.h"
#include "brain/schemes/window.h"

namespace paragon {
namespace {

constexpr std::array kKnobs{
    Knob{"burst", 1.5, 1, 100, "peak to median from which functions are worth having",
         "the paper gives none; ours"},
    Knob{"sampling_s", 10, 1, 60, "of the peak to median", "the paper gives none; ours"},
    Knob{"recent_s", 10, 1, 600, "of the load that is there now", "ours"},
    Knob{"band", 0.95, 0.5, 0.999, "edge of the forecast that static load is bought for", "ours"},
    Knob{"hold_s", 0, 0, 7200, "before giving back; 0: a boot or what is billed at least", "ours"},
};

class Paragon final : public Scheme {
 public:
  explicit Paragon(const Knobs& knobs)
      : burst_(knobs["burst"]),
        sampling_(knobs.seconds("sampling_s")),
        window_(knobs.seconds("recent_s")),
        band_(knobs["band"]),
        hold_(knobs.seconds("hold_s")) {}

  Wanted decide(const View& view) override {
    bursty_ = view.load.bursty(sampling_, burst_);
    const Rate recent = view.load.rate(window_);
    const Rate ahead = view.functions && bursty_ ? view.forecast.expect(view.provisioning)
                                                 : view.forecast.at_most(view.provisioning, band_);
    const int now = view.machines_for(recent, view.cheapest);
    const int then = view.machines_for(ahead, view.cheapest);
    const int held = hold(std::max(now, then), view);
    target_ = {view.cheapest, held, then > now ? OrderReason::forecast : OrderReason::demand};
    return {{&target_, 1}, {}};
  }

  Overflow overflow(const Overflowing& query, const View&) const override {
    if (query.query_class == QueryClass::relaxed) return Overflow::wait_for_deadline;
    if (!bursty_ && query.machine_in_time) return Overflow::wait_for_deadline;
    return Overflow::function_now;
  }

 private:
  // The highest need of the hold time.
  int hold(int need, const View& view) {
    const Duration least =
        std::max(view.provisioning, view.catalog.offer(view.cheapest).minimum_billed);
    const Duration span = hold_ > Duration::zero() ? hold_ : least;
    return held_.most(need, span, view.now);
  }

  double burst_;
  Duration sampling_;
  Duration window_;
  double band_;
  Duration hold_;
  bool bursty_ = true;  // until something is known
  Target target_;
  Hold held_;
};

}  // namespace

constinit const SchemeInfo kParagon{"paragon",
                                    "machines ahead of the load, functions for what comes too fast",
                                    kKnobs, make_from_knobs<Paragon>};

}  // namespace paragon
