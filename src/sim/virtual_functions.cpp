#include "sim/virtual_functions.h"

#include <algorithm>

namespace paragon::sim {
namespace {

Duration round_up(Duration d, Duration step) {
  return (std::max(d, Duration(1)) + step - Duration(1)) / step * step;
}

}  // namespace

VirtualFunctions::VirtualFunctions(const Catalog& catalog, Random random)
    : catalog_(&catalog),
      random_(random),
      environments_(catalog),
      running_(catalog.function_offers().size()),
      over_burst_from_(catalog.function_offers().size(), kNever) {}

// At once there may be burst_limit; from when that many run, more by burst_growth_per_minute.
bool VirtualFunctions::burst_allows(FunctionOfferId id, Time now) {
  const FunctionOffer& offer = catalog_->offer(id);
  const int running = running_[id.index()];
  Time& from = over_burst_from_[id.index()];
  if (offer.burst_limit == 0 || running < offer.burst_limit) {
    from = kNever;
    return true;
  }
  if (from == kNever) from = now;
  const double grown = offer.burst_growth_per_minute * seconds(now - from) / 60;
  return running + 1 <= offer.burst_limit + grown;
}

VirtualFunctions::Call VirtualFunctions::invoke(VariantId variant, FunctionOfferId id,
                                                Duration service, Duration timeout, Time now) {
  Call call;
  const bool there = environments_.provisioned_free(variant, id);
  if (!environments_.has_room(id) || (!there && !burst_allows(id, now))) {
    call.ending = Ending::throttled;
    return call;
  }
  const FunctionOffer& offer = catalog_->offer(id);
  call.environment = environments_.take(variant, id, now);
  ++running_[id.index()];
  Duration start{};
  if (call.environment == FunctionPool::Environment::cold) {
    const Duration known =
        catalog_->profile(variant, id).cold_start - offer.cold_start.percentile95();
    start = known + offer.cold_start.sample(random_);
  }
  call.takes = start + service;
  if (timeout > Duration::zero() && call.takes > timeout) {
    call.ending = Ending::lost;
    call.takes = timeout;
  }
  const Duration ran = std::max(Duration::zero(), call.takes - start);
  call.billed = ran > Duration::zero() ? round_up(ran, offer.billing_step) : Duration::zero();
  return call;
}

void VirtualFunctions::finish(VariantId variant, FunctionOfferId offer,
                              FunctionPool::Environment environment, Ending ending, Time now) {
  if (ending == Ending::throttled) return;
  --running_[offer.index()];
  const bool stays =
      ending == Ending::answered && environment != FunctionPool::Environment::provisioned;
  environments_.give_back(variant, offer, environment, stays, now);
}

}  // namespace paragon::sim
