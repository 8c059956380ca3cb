#include "brain/function_pool.h"

#include <algorithm>

#include "base/check.h"

namespace paragon {
namespace {

// Long against the refusal of a call, short against the deadlines that people set.
constexpr Duration kThrottlePause = std::chrono::milliseconds(250);

}  // namespace

FunctionPool::FunctionPool(const Catalog& catalog)
    : catalog_(&catalog),
      offers_(catalog.function_offers().size()),
      idle_(catalog.variants().size() * offers_),
      busy_(idle_.size()),
      busy_by_offer_(offers_),
      no_starts_until_(offers_) {}

void FunctionPool::throttled(FunctionOfferId offer, Time now) {
  no_starts_until_[offer.index()] = now + kThrottlePause;
}

bool FunctionPool::has_room(FunctionOfferId offer) const {
  return busy_by_offer_[offer.index()] < catalog_->offer(offer).concurrency_limit;
}

bool FunctionPool::warm(VariantId variant, FunctionOfferId offer, Time now) const {
  const Idle& idle = idle_[at(variant, offer)];
  return !idle.empty() && now - idle.back() < catalog_->offer(offer).keep_alive;
}

int FunctionPool::warm_until(VariantId variant, FunctionOfferId offer, Time until) const {
  const Idle& idle = idle_[at(variant, offer)];
  const Time used_after = until - catalog_->offer(offer).keep_alive;
  return static_cast<int>(idle.end() - std::upper_bound(idle.begin(), idle.end(), used_after));
}

bool FunctionPool::take(VariantId variant, FunctionOfferId offer, Time now) {
  const bool was_warm = warm(variant, offer, now);
  Idle& idle = idle_[at(variant, offer)];
  if (was_warm) {
    idle.pop_back();
  } else {
    idle.clear();  // the newest has expired, so all have
  }
  ++busy_[at(variant, offer)];
  ++busy_by_offer_[offer.index()];
  ++running_;
  return was_warm;
}

void FunctionPool::give_back(VariantId variant, FunctionOfferId offer, bool alive, Time now) {
  PARAGON_CHECK(busy_[at(variant, offer)] > 0, "a function environment freed twice");
  --busy_[at(variant, offer)];
  --busy_by_offer_[offer.index()];
  --running_;
  if (!alive) return;
  Idle& idle = idle_[at(variant, offer)];
  const Duration keep_alive = catalog_->offer(offer).keep_alive;
  if (!idle.empty() && now - idle.front() >= keep_alive) {
    const auto fresh =
        std::find_if(idle.begin(), idle.end(), [&](Time used) { return now - used < keep_alive; });
    idle.erase(idle.begin(), fresh);
  }
  idle.push_back(now);
}

}  // namespace paragon
