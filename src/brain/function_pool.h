// What the brain knows of function environments: how many run, and which should still be warm.
//
// The cloud owns the real ones; this is the prediction that decides whether a call will meet a cold
// start. Idle environments are used last-in first-out, as clouds do, and expire keep_alive after
// their last use.
#pragma once

#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "catalog/catalog.h"

namespace paragon {

class FunctionPool {
 public:
  explicit FunctionPool(const Catalog& catalog);

  bool has_room(FunctionOfferId offer) const;  // under the offer's concurrency limit
  bool warm(VariantId variant, FunctionOfferId offer, Time now) const;
  // Takes an environment; true: a warm one.
  bool take(VariantId variant, FunctionOfferId offer, Time now);
  // The cloud refused to start one: a limit that the catalog does not know. It is not asked to
  // start another for a while; the warm ones are called as ever.
  void throttled(FunctionOfferId offer, Time now);
  bool may_start(FunctionOfferId offer, Time now) const {
    return now >= no_starts_until_[offer.index()];
  }
  // It answered (and stays warm), or it was lost.
  void give_back(VariantId variant, FunctionOfferId offer, bool alive, Time now);
  int running() const { return running_; }

  // Environments of the pair with a call in progress.
  int busy(VariantId variant, FunctionOfferId offer) const { return busy_[at(variant, offer)]; }
  // Idle ones that will still be warm at `until`, if nothing uses them before.
  int warm_until(VariantId variant, FunctionOfferId offer, Time until) const;

 private:
  using Idle = std::vector<Time>;  // times of last use, oldest first
  std::size_t at(VariantId v, FunctionOfferId o) const { return v.index() * offers_ + o.index(); }

  const Catalog* catalog_;
  std::size_t offers_;
  std::vector<Idle> idle_;  // variant-major
  std::vector<int> busy_;   // variant-major
  std::vector<int> busy_by_offer_;
  std::vector<Time> no_starts_until_;  // by offer
  int running_ = 0;
};

}  // namespace paragon
