// What a function offer of the catalog lets through, the same on every cloud: its payload, and how
// many calls are in progress at once, over all its variants.
#pragma once

#include <optional>
#include <vector>

#include "catalog/catalog.h"
#include "cloud/cloud.h"

namespace paragon {

class CallLimits {
 public:
  explicit CallLimits(const Catalog& catalog);  // which outlives it

  // invalid: no such offer or variant, or a payload over the limit.
  std::optional<Error> unfit(const FunctionCall& call) const;
  // throttled: as many calls are in progress as the offer allows. The offer exists.
  std::optional<Error> full(FunctionOfferId offer) const;

  void begun(FunctionOfferId offer) { ++in_progress_[offer.index()]; }
  void ended(FunctionOfferId offer) { --in_progress_[offer.index()]; }

 private:
  const Catalog& catalog_;
  std::vector<int> in_progress_;  // calls, by function offer
};

}  // namespace paragon
