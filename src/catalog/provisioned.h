// Environments of functions that the cloud keeps initialised, called or not ("provisioned
// concurrency"): what should be kept, and what the cloud says it keeps.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/units.h"
#include "catalog/catalog.h"

namespace paragon {

// So many environments of the variant at the offer's size should be kept.
struct Provisioned {
  FunctionOfferId offer;
  VariantId variant;
  int environments = 0;
  friend bool operator==(const Provisioned&, const Provisioned&) = default;
};

// How it stands with the environments of one pair: `kept` are charged for, and of them `ready`
// answer without a cold start.
struct ProvisionedState {
  FunctionOfferId offer;
  VariantId variant;
  int kept = 0;
  int ready = 0;
  friend bool operator==(const ProvisionedState&, const ProvisionedState&) = default;
};

// As people write them: offer, variant, environments.
using ProvisionedNames = std::map<std::string, std::map<std::string, int>>;

// In the catalog's order. Error: invalid, all complaints, each a line that begins with the names it
// is about: no such offer or variant, one that does not fit the other, an offer without a price for
// it, a number that is not 1 to what the offer may run at once.
Result<std::vector<Provisioned>> find_provisioned(const Catalog& catalog,
                                                  const ProvisionedNames& names);

// What keeping them costs in an hour.
HourlyPrice keeping_price(const Catalog& catalog, const Provisioned& provisioned);

}  // namespace paragon
