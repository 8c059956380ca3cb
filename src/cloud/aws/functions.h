// The function side of the cloud on AWS: a call becomes an invocation of the Lambda function of its
// offer and variant, which waits for its answer; where environments of it are kept provisioned, of
// the version that they are kept of.
//
// Bound: calls in progress of one offer, over all its variants: its concurrency_limit; beyond it,
// and where AWS says so itself (429), throttled. Nothing queues and nothing is tried again here:
// the brain decides what to do with a query.
//
// AWS bills an invocation whether its answer is an error, is lost, or comes when nobody waits for
// it any more. What it billed stands in the answer, which is therefore waited for also after the
// call was given up. Where it never comes the call counts as if it had run all that time, though
// AWS may have run it for shorter, or never.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "catalog/catalog.h"
#include "cloud/aws/function_store.h"
#include "cloud/aws/provisioned_versions.h"
#include "cloud/aws/service.h"
#include "cloud/aws/settings.h"
#include "cloud/cloud.h"

namespace paragon::aws {

class Functions {
 public:
  // All outlive it.
  // Calls that were billed without an answer, and what becomes of environments that are to be kept,
  // are reported on the loop, never from inside a call.
  Functions(Account& account, Service& lambda, const Catalog& catalog, const AwsSettings& settings,
            Cloud::OnEvent on_event);
  ~Functions();  // calls in progress are answered with `unavailable`, on the loop

  void invoke(FunctionCall call, Cloud::OnAnswer done);             // as Cloud::invoke
  void provision(const std::vector<Provisioned>& wanted);           // as Cloud::provision
  bool provisions(FunctionOfferId offer, VariantId variant) const;  // such are wanted

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::aws
