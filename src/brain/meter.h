// The meter: what was used, as integers. A bill prices it last, so one run can be re-priced with
// another price book and rounding never builds up.
#pragma once

#include <cstdint>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "base/units.h"
#include "catalog/catalog.h"
#include "catalog/provisioned.h"

namespace paragon {

struct MachineUsage {
  std::int64_t bought = 0;
  Duration billed{};   // of ended machines: lifetime rounded as the offer bills
  Duration running{};  // of machines still up at the time of the reading: lifetime so far, rounded
  Duration busy{};     // share-weighted time in use by queries
  std::uint64_t queries = 0;
};

struct FunctionUsage {
  std::uint64_t calls = 0;     // all that are billed
  std::uint64_t warm_ups = 0;  // of them: carried no query
  std::uint64_t cold = 0;      // cold starts that queries met
  MbMillis held;               // memory x billed time
  // Environments that were kept provisioned: calls that ran there (part of `calls`, their time is
  // not in `held`), memory x their billed time, and memory x the time they were kept.
  std::uint64_t provisioned_calls = 0;
  MbMillis provisioned_held;
  MbMillis kept;
};

struct Bill {
  Dollars machines;
  Dollars functions;
  Dollars wasted;   // part of `machines` during which nothing ran on them
  Dollars keeping;  // part of `functions`: environments kept provisioned, whether called or not
  Dollars total() const { return machines + functions; }
};

// How long a machine that ran so long in all is billed. What it ran `before` is on another's bill.
Duration billed_time(const MachineOffer& offer, Duration ran, Duration before = {});
// What one call that ran so long costs, rounded up as the offer bills; in an environment that is
// kept provisioned, without what keeping it costs.
Dollars call_price(const FunctionOffer& offer, Duration ran, bool on_provisioned = false);
// What all of it costs.
Dollars cost_of(const FunctionOffer& offer, const FunctionUsage& usage);

class Meter {
 public:
  explicit Meter(const Catalog& catalog);

  // `before`: how long it had run when it was taken up, which is on another's meter.
  void machine_bought(MachineOfferId offer, Time now, Duration before = {});
  void machine_ended(MachineOfferId offer, Time bought, Duration before, Duration ran);
  void machine_never_ran(MachineOfferId offer, Time bought, Duration before);  // not billed
  void machine_served(MachineOfferId offer, VariantId variant, Duration share_of_machine) {
    MachineUsage& usage = ended_[offer.index()];
    usage.busy += share_of_machine;
    ++usage.queries;
    ++served_on_machine_[variant.index() * machine_offers_ + offer.index()];
  }
  struct Ran {  // of a call of a function
    Duration billed{};
    bool cold = false;
    bool on_provisioned = false;
  };
  void function_served(FunctionOfferId offer, VariantId variant, const Ran& ran);
  void function_warmed(FunctionOfferId offer, const Ran& ran);   // a call without a query
  void function_failed(FunctionOfferId offer, Duration billed);  // a call without an answer

  // So many environments are kept from now on, in place of what was kept before.
  struct KeptBefore {
    int environments = 0;
    Duration ahead{};  // paid for beyond now, by the rounding
  };
  KeptBefore functions_kept(const ProvisionedState& state, Time now);

  // Readings per offer, with machines still up and environments still kept.
  std::vector<MachineUsage> machines(Time now) const;
  std::vector<FunctionUsage> functions(Time now) const;
  std::uint64_t served(VariantId v, MachineOfferId o) const;
  std::uint64_t served(VariantId v, FunctionOfferId o) const;
  Bill bill(Time now) const { return bill(now, *catalog_); }
  // Priced with another price book: same offers, other prices.
  Bill bill(Time now, const Catalog& prices) const;

 private:
  struct Up {
    MachineOfferId offer;
    Time bought;
    Duration before{};
    friend bool operator==(const Up&, const Up&) = default;
  };
  struct Kept {
    FunctionOfferId offer;
    VariantId variant;
    int environments = 0;
    Time since{};
  };
  void call(FunctionOfferId offer, const Ran& ran);
  MbMillis held_by(const Kept& kept, Time now) const;
  void forget(const Up& machine);

  const Catalog* catalog_;
  std::size_t machine_offers_;
  std::vector<MachineUsage> ended_;
  std::vector<Up> up_;
  std::vector<FunctionUsage> functions_;
  std::vector<Kept> kept_;
  std::vector<std::uint64_t> served_on_machine_;   // variant-major
  std::vector<std::uint64_t> served_on_function_;  // variant-major
};

}  // namespace paragon
