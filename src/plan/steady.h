// What a fixed fleet comes to under a steady Poisson load, by formula: to search with, before
// anything is simulated.
//
// The slots of all machines are taken for one pool (plan/erlang.h). A query has the patience that
// the brain gives it: until it must leave for a function to be on time, by the same estimates; it
// then costs a call. Without functions it is refused at the moment at which no machine could be in
// time. Not in it: cold starts, boots and interruptions. Whatever
// is recommended is simulated, where they are.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/units.h"
#include "brain/settings.h"
#include "catalog/catalog.h"
#include "plan/fleet.h"
#include "plan/load_levels.h"
#include "plan/needs.h"

namespace paragon::plan {

// A function size for a class of queries.
struct FunctionFor {
  FunctionOfferId offer;
  Dollars call;        // one mean call, warm
  Duration slowest{};  // of a call that must not be late
};
// The one that the brain would call: the cheapest that is in time and not dearer than the query may
// be, else the quickest. Nothing: none runs it, or none is cheap enough.
std::optional<FunctionFor> function_for(const Need& need, const Catalog& catalog,
                                        Duration overhead);

// Mean over time.
struct Expected {
  HourlyPrice machines;
  HourlyPrice functions;
  double on_functions = 0;  // share of queries
  double missed = 0;        // share of queries: late or refused
  double waits = 0;         // share of queries that find no free slot and wait for one
  double busy = 0;          // share of the machines' capacity in use
  HourlyPrice total() const { return machines + functions; }
};

class SteadyModel {
 public:
  // `catalog` must outlive it. `hand_off`: how long a slot is held beyond the service.
  SteadyModel(const Catalog& catalog, const BrainSettings& settings, std::vector<Need> needs,
              Duration hand_off);

  const std::vector<Need>& needs() const { return needs_; }
  // By class; nothing where functions may not be used or none will do.
  const std::vector<std::optional<FunctionFor>>& functions() const { return functions_; }
  // Machine-seconds that a mean query takes on the offer; infinity: some variant does not fit.
  double work(MachineOfferId offer) const { return per_offer_[offer.index()].work; }
  bool fits(MachineOfferId offer) const { return per_offer_[offer.index()].fits; }
  // Every offer of the fleet must be able to run the whole mix.
  Expected expect(const Fleet& fleet, Rate rate) const;
  // The same over a load that changes slowly: the mean over its levels (the pointwise stationary
  // approximation of Green and Kolesar, 1991).
  Expected expect(const Fleet& fleet, std::span<const LoadLevel> levels) const;

 private:
  struct PerOffer {
    bool fits = true;
    double work = 0;           // machine-seconds of a mean query
    double slots = 0;          // that a machine has for the mix
    double variability = 1;    // (1 + cv^2) / 2 of the time that a slot is held
    std::vector<double> held;  // by class: seconds that a slot is held, in the mean
    std::vector<double> late;  // by class: share that is late though it need not wait
  };
  Duration patience(std::size_t need, double held) const;
  Expected without_surcharge(const Fleet& fleet, Rate rate) const;
  // How busy the fleet is for which share of the time.
  struct BusyFor {
    double busy = 0;
    double share = 0;
  };
  Dollars surcharge_in_an_hour(const Fleet& fleet, std::span<const BusyFor> busy) const;
  double share_of_speed(MachineOfferId offer) const;

  const Catalog& catalog_;
  Duration overhead_;
  std::vector<Need> needs_;
  std::vector<std::optional<FunctionFor>> functions_;  // by class
  std::vector<double> late_on_function_;               // by class
  std::vector<PerOffer> per_offer_;
};

}  // namespace paragon::plan
