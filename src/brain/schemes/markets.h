// In which markets the machines that are wanted are bought: on demand, spot, burstable.
//
// One machine's worth is a machine of the base offer: the one, on demand or spot, that does the
// work at the least cost, the cost of being interrupted included (functions carry the load while a
// replacement boots that the notice does not cover). Spot machines are spread over markets of about
// the same size and cost, so that no one market's drying up takes more than a part of them; what
// those may not carry is bought on demand.
//
// Where the load keeps one machine, and that for a small part of the time, a burstable one may cost
// less than the base: it earns processor time while it idles, and pays for what it uses beyond.
// When the load grows it stays as the topmost while that is so.
#pragma once

#include <optional>
#include <vector>

#include "base/units.h"
#include "brain/demand.h"
#include "brain/scheme.h"
#include "brain/view.h"

namespace paragon {

class Markets {
 public:
  struct Bounds {
    double spot = 1;          // share on the spot market at most, while functions can stand in
    double one_market = 0.5;  // share in any one spot market at most
    bool burstable = true;    // whether one may be burstable
  };
  explicit Markets(Bounds bounds) : bounds_(bounds) {}

  // Prices as they are now; once a tick, and before anything else. `function`: what a function
  // takes for one average query; nothing where functions cannot stand in.
  void look(const View& view, std::optional<Dollars> function);

  MachineOfferId base() const { return base_; }
  // Of one machine's worth for a second: of the base, and where it is the only machine.
  Dollars second() const { return second_; }
  Dollars only_second() const {
    return burstable_ ? std::min(second_, burstable_->second) : second_;
  }

  // How many of each offer make `machines` machines' worth. Whatever else there is stays while they
  // boot. Clears `targets` first; the base stands first.
  void split(int machines, const Demand& demand, const View& view, OrderReason why,
             std::vector<Target>& targets);

 private:
  struct Pool {  // a spot market
    MachineOfferId offer;
    double cost = 0;  // dollars a query, interruptions included
  };
  struct Burstable {
    MachineOfferId offer;
    Dollars second;
    Dollars surcharge;    // for a second of the whole machine beyond its baseline
    double baseline = 0;  // share of its processors that it earns
    bool unlimited = false;
  };

  void look_at_spot(const View& view, std::optional<Dollars> function);
  void look_at_burstable(const View& view, std::optional<Dollars> function);
  bool same_size(const View& view, MachineOfferId offer) const;
  bool top_is_burstable(int machines, bool held, const Demand& demand) const;

  Bounds bounds_;
  MachineOfferId base_;
  Dollars second_;
  bool functions_ = false;
  std::optional<MachineOfferId>
      spot_;                 // the base among spot offers, kept while it is about as cheap
  std::vector<Pool> pools_;  // cheapest first
  std::optional<Burstable> burstable_;
  std::vector<int> goal_;  // by offer
};

}  // namespace paragon
