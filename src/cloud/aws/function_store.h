// The Lambda functions of a deployment, one for each function offer and variant in use: made when
// they are first needed, brought up to date when the code or the memory has changed.
//
//   unknown ─► looking ─┬─► making ────► waiting ─► ready
//                       ├─► changing ──► waiting ─┘
//                       └─► ready                     any ─► unknown (failed: asked anew next time)
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "cloud/aws/lambda_answer.h"
#include "cloud/aws/service.h"
#include "cloud/aws/settings.h"

namespace paragon::aws {

// What a function of an offer and a variant is to be.
lambda::CreateFunction function_for(const Catalog& catalog, const AwsSettings& settings,
                                    FunctionOfferId offer, VariantId variant);

class FunctionStore {
 public:
  using Ready = std::function<void(Status)>;

  // All outlive it.
  FunctionStore(Loop& loop, Service& lambda, const Catalog& catalog, const AwsSettings& settings);
  ~FunctionStore();  // who waits is told `unavailable`, on the loop

  // Calls `ready` when the function can be invoked, or with why it cannot; at once where it is
  // known to be ready.
  void ensure(FunctionOfferId offer, VariantId variant, Ready ready);
  // It turned out not to be there: it is looked at anew before the next call.
  void forget(FunctionOfferId offer, VariantId variant);
  const std::string& name(FunctionOfferId offer, VariantId variant);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::aws
