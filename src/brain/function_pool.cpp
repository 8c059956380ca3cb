#include "brain/function_pool.h"

#include <algorithm>

#include "base/check.h"

namespace paragon {
namespace {

// Long against the refusal of a call, short against the deadlines that people set.
constexpr Duration kThrottlePause = std::chrono::milliseconds(250);

}  // namespace

FunctionPool::FunctionPool(const Catalog& catalog)
    : offers_(catalog.function_offers().size()),
      idle_(catalog.variants().size() * offers_),
      busy_(idle_.size()) {
  for (const FunctionOffer& offer : catalog.function_offers()) {
    by_offer_.push_back({offer.keep_alive, offer.concurrency_limit});
  }
}

void FunctionPool::throttled(FunctionOfferId offer, Time now) {
  by_offer_[offer.index()].no_starts_until = now + kThrottlePause;
}

int FunctionPool::warm_until(VariantId variant, FunctionOfferId offer, Time until) const {
  const Idle& idle = idle_[at(variant, offer)];
  const Time used_after = until - by_offer_[offer.index()].keep_alive;
  if (!idle.empty() && idle.front() > used_after) return static_cast<int>(idle.size());
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
  ++by_offer_[offer.index()].busy;
  ++running_;
  return was_warm;
}

void FunctionPool::give_back(VariantId variant, FunctionOfferId offer, bool alive, Time now) {
  PARAGON_CHECK(busy_[at(variant, offer)] > 0, "a function environment freed twice");
  --busy_[at(variant, offer)];
  --by_offer_[offer.index()].busy;
  --running_;
  if (!alive) return;
  Idle& idle = idle_[at(variant, offer)];
  const Duration keep_alive = by_offer_[offer.index()].keep_alive;
  if (!idle.empty() && now - idle.front() >= keep_alive) {
    const auto fresh =
        std::find_if(idle.begin(), idle.end(), [&](Time used) { return now - used < keep_alive; });
    idle.erase(idle.begin(), fresh);
  }
  idle.push_back(now);
}

}  // namespace paragon
