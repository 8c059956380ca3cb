// Buys for the demand of the last minute and looks no further (paper: `reactive`).
//
// Every rise in load is therefore served late by one boot. That lateness is what all other schemes
// pay to hide, which makes this the yardstick: over-provisioning is measured against it. Machines
// only; the paper gives neither window nor cool-down, so: 60 s, none.
#include "brain/schemes/schemes.h"

namespace paragon {
namespace {

class Reactive final : public Scheme {
 public:
  Wanted decide(const View& view) override {
    target_ = {view.cheapest, view.machines_for(view.load.rate(kWindow), view.cheapest),
               OrderReason::demand};
    return {{&target_, 1}, {}};
  }
  Overflow overflow(const Overflowing&, const View&) const override { return Overflow::wait; }

 private:
  static constexpr Duration kWindow = std::chrono::seconds(60);
  Target target_;
};

}  // namespace

std::unique_ptr<Scheme> make_reactive() { return std::make_unique<Reactive>(); }

}  // namespace paragon
