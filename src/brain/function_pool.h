// What the brain knows of function environments: how many run, and which should still be warm.
//
// The cloud owns the real ones; this is the prediction that decides whether a call will meet a cold
// start. Idle environments are used last-in first-out, as clouds do, and expire keep_alive after
// their last use. Those that the cloud keeps provisioned are used before them, and never expire.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "catalog/catalog.h"

namespace paragon {

class FunctionPool {
 public:
  enum class Environment : std::uint8_t { warm, cold, provisioned };

  explicit FunctionPool(const Catalog& catalog);

  bool has_room(FunctionOfferId offer) const {  // under the offer's concurrency limit
    const Offer& o = by_offer_[offer.index()];
    return o.busy < o.concurrency_limit;
  }
  bool warm(VariantId variant, FunctionOfferId offer, Time now) const {
    if (provisioned_free(variant, offer)) return true;
    const Idle& idle = idle_[at(variant, offer)];
    return !idle.empty() && now - idle.back() < by_offer_[offer.index()].keep_alive;
  }
  // The next call will run in an environment that is kept provisioned.
  bool provisioned_free(VariantId variant, FunctionOfferId offer) const {
    return !provisioned_.empty() && free_of(provisioned_[at(variant, offer)]) > 0;
  }
  // So many are kept ready from now on.
  void provision(VariantId variant, FunctionOfferId offer, int ready);
  Environment take(VariantId variant, FunctionOfferId offer, Time now);
  // The cloud refused to start one: a limit that the catalog does not know. It is not asked to
  // start another for a while; the warm ones are called as ever.
  void throttled(FunctionOfferId offer, Time now);
  bool may_start(FunctionOfferId offer, Time now) const {
    return now >= by_offer_[offer.index()].no_starts_until;
  }
  // The call in what was taken has ended. `stays`: it leaves a warm environment behind that is not
  // a provisioned one.
  void give_back(VariantId variant, FunctionOfferId offer, Environment taken, bool stays, Time now);
  int running() const { return running_; }

  // Environments of the pair with a call in progress.
  int busy(VariantId variant, FunctionOfferId offer) const { return busy_[at(variant, offer)]; }
  // Idle ones that will still be warm at `until`, if nothing uses them before; provisioned ones
  // too.
  int warm_until(VariantId variant, FunctionOfferId offer, Time until) const;

 private:
  using Idle = std::vector<Time>;  // times of last use, oldest first
  std::size_t at(VariantId v, FunctionOfferId o) const { return v.index() * offers_ + o.index(); }

  struct Kept {
    int ready = 0;
    int busy = 0;
  };
  static int free_of(const Kept& kept) { return std::max(0, kept.ready - kept.busy); }
  int idle_until(const Idle& idle, FunctionOfferId offer, Time until) const;

  struct Offer {
    Duration keep_alive{};
    int concurrency_limit = 0;
    int busy = 0;
    Time no_starts_until{};
  };

  std::size_t offers_;
  std::vector<Idle> idle_;         // variant-major
  std::vector<int> busy_;          // variant-major
  std::vector<Kept> provisioned_;  // variant-major; empty as long as none ever was
  std::vector<Offer> by_offer_;
  int running_ = 0;
};

}  // namespace paragon
