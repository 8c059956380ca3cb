// Functions of the virtual cloud: environments, cold starts, limits, and what a call is billed.
//
// An environment runs one call at a time and then waits keep_alive for the next of its variant and
// offer; the one that was used last is taken first. Starting one takes the process, the model and
// what the offer adds; it counts towards the limits but is not billed, like the local cloud's (and
// as Lambda did for managed runtimes until 2025). A call that outlasts its timeout is ended there,
// billed up to there, and brings no answer. Environments that are kept provisioned are taken before
// all others and never expire; they need no room under the burst limit, for they are there.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "brain/function_pool.h"
#include "brain/query.h"
#include "catalog/catalog.h"
#include "catalog/provisioned.h"

namespace paragon::sim {

class VirtualFunctions {
 public:
  VirtualFunctions(const Catalog& catalog, Random random);

  struct Call {
    Ending ending = Ending::answered;  // or lost (timeout), or throttled
    FunctionPool::Environment environment{};
    Duration takes{};   // from now to its end
    Duration billed{};  // rounded as the offer bills
  };
  // `service`: how long the model runs, once the environment is up.
  Call invoke(VariantId variant, FunctionOfferId offer, Duration service, Duration timeout,
              Time now);
  void finish(VariantId variant, FunctionOfferId offer, FunctionPool::Environment environment,
              Ending ending, Time now);
  // So many are kept from now on, and ready at once.
  void provision(const Provisioned& provisioned) {
    environments_.provision(provisioned.variant, provisioned.offer, provisioned.environments);
  }

  int running() const { return environments_.running(); }

 private:
  bool burst_allows(FunctionOfferId offer, Time now);

  const Catalog* catalog_;
  Random random_;
  FunctionPool environments_;
  std::vector<int> running_;  // by offer
  std::vector<Time>
      over_burst_from_;  // by offer: since when as many run as may at once; else kNever
};

}  // namespace paragon::sim
