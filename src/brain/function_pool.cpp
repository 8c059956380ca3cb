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

void FunctionPool::provision(VariantId variant, FunctionOfferId offer, int ready) {
  if (provisioned_.empty()) provisioned_.resize(idle_.size());
  provisioned_[at(variant, offer)].ready = ready;
}

int FunctionPool::warm_until(VariantId variant, FunctionOfferId offer, Time until) const {
  const int idle = idle_until(idle_[at(variant, offer)], offer, until);
  return provisioned_.empty() ? idle : idle + free_of(provisioned_[at(variant, offer)]);
}

int FunctionPool::idle_until(const Idle& idle, FunctionOfferId offer, Time until) const {
  const Time used_after = until - by_offer_[offer.index()].keep_alive;
  if (!idle.empty() && idle.front() > used_after) return static_cast<int>(idle.size());
  return static_cast<int>(idle.end() - std::upper_bound(idle.begin(), idle.end(), used_after));
}

FunctionPool::Environment FunctionPool::take(VariantId variant, FunctionOfferId offer, Time now) {
  Environment taken = Environment::warm;
  Idle& idle = idle_[at(variant, offer)];
  if (provisioned_free(variant, offer)) {
    ++provisioned_[at(variant, offer)].busy;
    taken = Environment::provisioned;
  } else if (warm(variant, offer, now)) {
    idle.pop_back();
  } else {
    idle.clear();  // the newest has expired, so all have
    taken = Environment::cold;
  }
  ++busy_[at(variant, offer)];
  ++by_offer_[offer.index()].busy;
  ++running_;
  return taken;
}

void FunctionPool::give_back(VariantId variant, FunctionOfferId offer, Environment taken,
                             bool stays, Time now) {
  PARAGON_CHECK(busy_[at(variant, offer)] > 0, "a function environment freed twice");
  --busy_[at(variant, offer)];
  --by_offer_[offer.index()].busy;
  --running_;
  if (taken == Environment::provisioned) --provisioned_[at(variant, offer)].busy;
  if (!stays) return;
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
