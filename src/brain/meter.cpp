#include "brain/meter.h"

#include <algorithm>

#include "base/check.h"

namespace paragon {
namespace {

Duration round_up(Duration d, Duration step) {
  if (step <= Duration::zero()) return d;
  return (d + step - Duration(1)) / step * step;
}

}  // namespace

Duration billed_time(const MachineOffer& offer, Duration ran, Duration before) {
  const auto billed = [&offer](Duration time) {
    return std::max(offer.minimum_billed, round_up(time, offer.billing_step));
  };
  if (before == Duration{}) return billed(ran);
  return std::max(Duration{}, billed(ran) - billed(before));
}

Dollars call_price(const FunctionOffer& offer, Duration ran, bool on_provisioned) {
  const Duration billed = round_up(ran, offer.billing_step);
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(billed).count();
  const GbSecondPrice price =
      on_provisioned && offer.provisioned ? offer.provisioned->run : offer.price;
  return price * MbMillis{{offer.memory.value * ms}} + offer.price_per_call;
}

Dollars cost_of(const FunctionOffer& offer, const FunctionUsage& usage) {
  const ProvisionedPrice provisioned =
      offer.provisioned.value_or(ProvisionedPrice{per_gb_second(0), offer.price});
  return offer.price * usage.held + provisioned.run * usage.provisioned_held +
         provisioned.kept * usage.kept + offer.price_per_call * static_cast<double>(usage.calls);
}

Meter::Meter(const Catalog& catalog)
    : catalog_(&catalog),
      machine_offers_(catalog.machine_offers().size()),
      ended_(machine_offers_),
      functions_(catalog.function_offers().size()),
      served_on_machine_(catalog.variants().size() * catalog.machine_offers().size()),
      served_on_function_(catalog.variants().size() * catalog.function_offers().size()) {}

void Meter::machine_bought(MachineOfferId offer, Time now, Duration before) {
  ++ended_[offer.index()].bought;
  up_.push_back({offer, now, before});
}

void Meter::forget(const Up& machine) {
  const auto it = std::find(up_.begin(), up_.end(), machine);
  PARAGON_CHECK(it != up_.end(), "a machine ended that was never bought");
  *it = up_.back();
  up_.pop_back();
}

void Meter::machine_never_ran(MachineOfferId offer, Time bought, Duration before) {
  forget({offer, bought, before});
  --ended_[offer.index()].bought;
}

void Meter::machine_ended(MachineOfferId offer, Time bought, Duration before, Duration ran) {
  forget({offer, bought, before});
  ended_[offer.index()].billed += billed_time(catalog_->offer(offer), ran, before);
}

void Meter::call(FunctionOfferId offer, const Ran& ran) {
  FunctionUsage& usage = functions_[offer.index()];
  ++usage.calls;
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(ran.billed).count();
  usage.provisioned_calls += ran.on_provisioned ? 1 : 0;
  (ran.on_provisioned ? usage.provisioned_held : usage.held) +=
      MbMillis{{catalog_->offer(offer).memory.value * ms}};
}

void Meter::function_warmed(FunctionOfferId offer, const Ran& ran) {
  call(offer, ran);
  ++functions_[offer.index()].warm_ups;
}

void Meter::function_failed(FunctionOfferId offer, Duration billed) { call(offer, {billed}); }

MbMillis Meter::held_by(const Kept& kept, Time now) const {
  const auto ms = round_up(now - kept.since, kProvisionedStep) / std::chrono::milliseconds(1);
  return MbMillis{{catalog_->offer(kept.offer).memory.value * kept.environments * ms}};
}

Meter::KeptBefore Meter::functions_kept(const ProvisionedState& state, Time now) {
  const auto it = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& one) {
    return one.offer == state.offer && one.variant == state.variant;
  });
  KeptBefore before;
  if (it != kept_.end()) {
    if (it->environments == state.kept) return {state.kept, {}};
    before = {it->environments, round_up(now - it->since, kProvisionedStep) - (now - it->since)};
    functions_[state.offer.index()].kept += held_by(*it, now);
    kept_.erase(it);
  }
  if (state.kept > 0) kept_.push_back({state.offer, state.variant, state.kept, now});
  return before;
}

void Meter::function_served(FunctionOfferId offer, VariantId variant, const Ran& ran) {
  call(offer, ran);
  functions_[offer.index()].cold += ran.cold ? 1 : 0;
  ++served_on_function_[variant.index() * functions_.size() + offer.index()];
}

std::vector<MachineUsage> Meter::machines(Time now) const {
  std::vector<MachineUsage> usage = ended_;
  for (const Up& up : up_) {
    usage[up.offer.index()].running +=
        billed_time(catalog_->offer(up.offer), up.before + (now - up.bought), up.before);
  }
  return usage;
}

std::vector<FunctionUsage> Meter::functions(Time now) const {
  std::vector<FunctionUsage> usage = functions_;
  for (const Kept& kept : kept_) usage[kept.offer.index()].kept += held_by(kept, now);
  return usage;
}

std::uint64_t Meter::served(VariantId v, MachineOfferId o) const {
  return served_on_machine_[v.index() * machine_offers_ + o.index()];
}

std::uint64_t Meter::served(VariantId v, FunctionOfferId o) const {
  return served_on_function_[v.index() * functions_.size() + o.index()];
}

Bill Meter::bill(Time now, const Catalog& prices) const {
  Bill bill;
  const std::vector<MachineUsage> usage = machines(now);
  for (std::size_t o = 0; o < usage.size(); ++o) {
    const HourlyPrice price = prices.machine_offers()[o].price;
    const Duration paid = usage[o].billed + usage[o].running;
    bill.machines += price * paid;
    bill.wasted += price * std::max(Duration::zero(), paid - usage[o].busy);
  }
  const std::vector<FunctionUsage> calls = functions(now);
  for (std::size_t o = 0; o < calls.size(); ++o) {
    const FunctionOffer& offer = prices.function_offers()[o];
    bill.functions += cost_of(offer, calls[o]);
    if (offer.provisioned) bill.keeping += offer.provisioned->kept * calls[o].kept;
  }
  return bill;
}

}  // namespace paragon
