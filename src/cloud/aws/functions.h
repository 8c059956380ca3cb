// The function side of the cloud on AWS: a call becomes an invocation of the Lambda function of its
// offer and variant, which waits for its answer.
//
// Bound: calls in progress of one offer, over all its variants: its concurrency_limit; beyond it,
// and where AWS says so itself (429), throttled. Nothing queues and nothing is tried again here:
// the brain decides what to do with a query.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "catalog/catalog.h"
#include "cloud/aws/function_store.h"
#include "cloud/aws/service.h"
#include "cloud/aws/settings.h"
#include "cloud/cloud.h"

namespace paragon::aws {

class Functions {
 public:
  // All outlive it.
  Functions(Account& account, Service& lambda, const Catalog& catalog, const AwsSettings& settings);
  ~Functions();  // calls in progress are answered with `unavailable`, on the loop

  void invoke(FunctionCall call, Cloud::OnAnswer done);  // as Cloud::invoke

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::aws
