// Functions hide the boot of machines (Spock, CLOUD '19).
//
// Machines follow the demand, as it was (reactive) or as it will be when a machine ordered now is
// up (predictive). While one is on its way, what finds no slot goes to a function; when none is, it
// waits for a slot as long as that will be in time. The paper compares both policies and its text
// was not at hand when this was written: the windows are ours, the default is the reactive one.
#include <algorithm>

#include "brain/schemes/schemes.h"
#include "brain/schemes/words.h"

namespace paragon {
namespace {

constexpr std::array kKnobs{
    Knob{"predictive", 0, 0, 1, "0: the demand of the window, 1: the forecast over a boot",
         "both in the paper"},
    Knob{"window_s", 60, 1, 600, "of the demand", "ours"},
};

class Spock final : public Scheme {
 public:
  explicit Spock(const Knobs& knobs)
      : predictive_(knobs["predictive"] >= 0.5), window_(knobs.seconds("window_s")) {}

  Wanted decide(const View& view) override {
    target_ = {view.cheapest, view.machines_for(demand(view), view.cheapest),
               predictive_ ? OrderReason::forecast : OrderReason::demand};
    return {{&target_, 1}, {}};
  }
  Overflow overflow(const Overflowing& query, const View& view) const override {
    if (view.booting > 0 || view.ready == 0) return Overflow::function_now;
    return query.machine_in_time ? Overflow::wait : Overflow::function_now;
  }

  std::string why(const View& view) const override {
    return fmt::format("{}the load of the last {}{}: {}", predictive_ ? "the higher of " : "",
                       words::length(window_), predictive_ ? " and the forecast over a boot" : "",
                       words::sum(view, demand(view), view.target_busy));
  }

 private:
  Rate demand(const View& view) const {
    const Rate recent = view.load.rate(window_);
    return predictive_ ? std::max(recent, view.forecast.expect(view.provisioning)) : recent;
  }

  bool predictive_;
  Duration window_;
  Target target_;
};

}  // namespace

constinit const SchemeInfo kSpock{"spock", "machines for the demand, functions while they boot",
                                  "Spock (CLOUD '19)", kKnobs, make_from_knobs<Spock>};

}  // namespace paragon
