// What a scheme may see: the load, the forecast, the fleet, the queue, offers and prices.
//
// A narrow, read-only window on the brain, so that a scheme stays one idea in one small file.
#pragma once

#include <optional>
#include <span>

#include "base/time.h"
#include "base/units.h"
#include "brain/forecast.h"
#include "brain/monitor.h"
#include "catalog/catalog.h"

namespace paragon {

// Machines of one offer, by state.
struct MachineCount {
  MachineOfferId offer;
  int booting = 0;
  int ready = 0;
  int leaving = 0;  // in service until they are taken away, which was announced
  int draining = 0;
};

struct View {
  static constexpr double kBursty = 1.5;  // peak to median from which functions are worth having
  static constexpr Duration kBurstSampling = std::chrono::seconds(10);  // that it is taken of

  Time now;
  const Catalog& catalog;
  const Monitor& load;
  const Forecast& forecast;

  std::span<const MachineCount> machines;  // one per machine offer, in the catalog's order
  int booting = 0;
  int ready = 0;         // without those that are leaving: they will not be there much longer
  int draining = 0;      // with them
  double busy = 0;       // share of the ready machines' capacity in use now, 0 to 1
  double busy_mean = 0;  // the same, averaged over the last tick period
  int waiting = 0;       // queries in the waiting room
  bool bursty = true;  // peak to median says that functions are worth having (paper III-B, obs. 4)
  bool functions = true;  // functions may be used at all

  // Machine-seconds that one average query of the present mix takes on each offer (seconds x share
  // of a machine); infinity where some variant of the mix does not fit. Zero before any arrival.
  std::span<const double> work_per_query;
  // Share of a machine of each offer that such a query takes while it runs, 0 to 1.
  std::span<const double> share_per_query;
  // Until when nothing is bought of each offer: the cloud had none, or takes back what it sold.
  std::span<const Time> blocked_until;
  MachineOfferId cheapest;   // cheapest_of(on_demand); the first of the catalog where there is none
  Duration provisioning{};   // how long a machine ordered now takes, 95th percentile
  double target_busy = 0.7;  // configured: how full machines are planned to be
  int machines_min = 0;
  int machines_max = 0;

  bool can_buy(MachineOfferId offer) const { return blocked_until[offer.index()] <= now; }
  // The offer of a market that can be bought now and whose whole machines carry the load of the
  // last minute at the least price; of nearly equal ones the smallest, because it follows the load
  // most closely. Nothing: the market offers none.
  std::optional<MachineOfferId> cheapest_of(Market market) const;
  // The rate that one machine of `offer` carries at target_busy; 0 where it cannot serve the mix or
  // no mix is known.
  Rate rate_of(MachineOfferId offer) const;
  // What the waiting queries would take if all ran at once, in machines of `offer`.
  double waiting_worth(MachineOfferId offer) const {
    return waiting * share_per_query[offer.index()];
  }
  // Machines of `offer` that carry `rate` when they are `planned_busy` full (0 to 1): as many as it
  // takes, infinity where it cannot serve the mix; and as many of them as there may be.
  double whole_machines(Rate rate, MachineOfferId offer, double planned_busy) const;
  int machines_for(Rate rate, MachineOfferId offer, double planned_busy) const;
  int machines_for(Rate rate, MachineOfferId offer) const {
    return machines_for(rate, offer, target_busy);
  }
};

}  // namespace paragon
