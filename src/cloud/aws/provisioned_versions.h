// Environments that are kept provisioned: AWS keeps them of a published version, so for each pair
// of offer and variant that is wanted there is one version, made of what the function is now; calls
// go to it, and those beyond the environments it keeps start others as ever.
//
//   ensure the function ─► publish ─► end older versions ─► put ─► look ─┬─► ready, looked at
//   rarely
//          ▲                                                  ▲         └─► failed: ended, told
//          └── again, after a while ◄─────────────────────────┴── refused          │
//          └────────────────────────────────────────────────────────────────────────┘
//
// Bound: one call to AWS at a time for each pair.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "catalog/provisioned.h"
#include "cloud/aws/function_store.h"
#include "cloud/aws/service.h"
#include "cloud/aws/settings.h"

namespace paragon::aws {

class ProvisionedVersions {
 public:
  using OnChange = std::function<void(const ProvisionedState&)>;

  // All outlive it. `on_change` is never called from inside a call.
  ProvisionedVersions(Loop& loop, Service& lambda, FunctionStore& store,
                      const AwsSettings& settings, OnChange on_change);
  ~ProvisionedVersions();  // nothing is called any more, and what is kept stays so

  // As Cloud::provision.
  void provision(const std::vector<Provisioned>& wanted);
  bool wants(FunctionOfferId offer, VariantId variant) const;
  // The version that calls go to; empty: the function itself.
  std::string version(FunctionOfferId offer, VariantId variant) const;
  // A call to the version found nothing there: it is made anew.
  void lost(FunctionOfferId offer, VariantId variant);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::aws
