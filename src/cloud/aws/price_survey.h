// Asks AWS what machines and functions cost in one region: the Price List and EC2's spot prices.
//
// One question after another, as the Price List allows few at once: some ten seconds for the
// shipped price book. Buys and changes nothing.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cloud/aws/account.h"
#include "cloud/aws/price_refresh.h"

namespace paragon::aws {

struct PriceQuestions {
  std::vector<std::string> types;       // of EC2, each once
  std::vector<std::string> spot_types;  // those of them whose spot price is wanted too
  int spot_days = 7;                    // 1 to 90: AWS keeps no longer history
  bool functions = true;
  lambda::Architecture architecture = lambda::Architecture::x86_64;

  // What the offers of a catalog need.
  static PriceQuestions of(const Catalog& catalog);
};

class PriceSurvey {
 public:
  // The account outlives it; its region is the one that is asked about.
  PriceSurvey(Account& account, PriceQuestions questions, std::uint64_t seed);
  ~PriceSurvey();  // nothing is called any more

  // Once. Calls `done` later. What is not sold is absent from the prices; an error is what AWS
  // refused, or its answer that cannot be read, and then there are no prices at all.
  void run(std::function<void(Result<AskedPrices>)> done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::aws
