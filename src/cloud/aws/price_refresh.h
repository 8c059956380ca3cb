// A price book's offers at other prices. Pure: what AWS asks is told (price_survey.h).
//
// Only prices and their sources change. Sizes, delays, interruption rates, credits, surcharges and
// limits stay as they were.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "cloud/aws/instant.h"
#include "cloud/aws/lambda.h"
#include "cloud/aws/price_list.h"
#include "cloud/aws/spot_median.h"

namespace paragon::aws {

inline constexpr const char* kFunctions = "functions";
inline constexpr const char* kProvisioned = "provisioned functions";

// What AWS asks in one region.
struct AskedPrices {
  std::string region;
  lambda::Architecture architecture = lambda::Architecture::x86_64;  // of the functions
  Instant read;                                                      // when they were asked for
  Instant spot_from;  // the spot prices are of the time from here until `read`
  std::map<std::string, price_list::ListPrice> hour;  // on demand, by instance type
  std::map<std::string, SpotMedian> spot_hour;        // by instance type
  std::optional<price_list::ListPrice> gb_second;
  std::optional<price_list::ListPrice> call;
  std::optional<price_list::ListPrice> provisioned;      // a GB-second, kept
  std::optional<price_list::ListPrice> provisioned_run;  // and of calls there
  // Why there is none: by instance type, kFunctions or kProvisioned.
  std::map<std::string, std::string> unclear;
};

struct PriceChange {
  std::string what;  // an offer's name, or "functions (x86_64)"
  std::string unit;  // "hour", "GB-second", "call"
  Dollars before;    // of one unit
  Dollars now;
  // Whether it is by so much that somebody should look: over twice, or under half. Not where there
  // was no price before.
  bool large() const { return before > Dollars{} && (now > 2.0 * before || before > 2.0 * now); }
};

struct RefreshedOffers {
  std::vector<MachineOffer> machine_offers;  // in the old order
  std::vector<FunctionOffer> function_offers;
  std::vector<PriceChange> changes;  // of what stays, in that order, also where nothing changed
  // One line each: which offer, or which price of the functions, and why.
  std::vector<std::string> left_out;
};

// `origin` is what sources call the old book.
RefreshedOffers refresh(const Catalog& old, const AskedPrices& asked, const std::string& origin);

}  // namespace paragon::aws
