// Buys for the demand of the last minute and looks no further (paper: `reactive`).
//
// Every rise in load is therefore served late by one boot. That lateness is what all other schemes
// pay to hide, which makes this the yardstick: over-provisioning is measured against it. Machines
// only; the paper gives neither window nor cool-down, so: 60 s, none.
#include "brain/schemes/schemes.h"
#include "brain/schemes/words.h"

namespace paragon {
namespace {

constexpr std::array kKnobs{
    Knob{"window_s", 60, 1, 600, "length of the load it looks at", "not in the paper; ours"},
};

class Reactive final : public Scheme {
 public:
  explicit Reactive(const Knobs& knobs) : window_(knobs.seconds("window_s")) {}

  Wanted decide(const View& view) override {
    target_ = {view.cheapest, view.machines_for(view.load.rate(window_), view.cheapest),
               OrderReason::demand};
    return {{&target_, 1}, {}};
  }
  Overflow overflow(const Overflowing&, const View&) const override { return Overflow::wait; }
  std::string why(const View& view) const override {
    return fmt::format("the load of the last {}: {}", words::length(window_),
                       words::sum(view, view.load.rate(window_), view.target_busy));
  }

 private:
  Duration window_;
  Target target_;
};

}  // namespace

constinit const SchemeInfo kReactive{"reactive", "machines for the load of the last minute",
                                     "the paper", kKnobs, make_from_knobs<Reactive>};

}  // namespace paragon
