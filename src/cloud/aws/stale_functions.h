// What the deployment has of functions from before its configuration was changed: functions that
// the catalog no longer has, and environments that are no longer to be kept provisioned. Ended when
// a controller starts, so that nothing piles up or is billed for nothing.
#pragma once

#include <memory>

#include "catalog/catalog.h"
#include "cloud/aws/estate.h"
#include "cloud/aws/functions.h"
#include "cloud/aws/service.h"

namespace paragon::aws {

class StaleFunctions {
 public:
  // All outlive it. Looks at once; what fails is logged and left for the next start.
  StaleFunctions(Loop& loop, Service& ec2, Service& lambda, const Catalog& catalog,
                 const Functions& functions, const std::string& deployment);

 private:
  void end(const Estate& estate);
  void end(const OwnedFunction& owned, bool whole);

  Service& lambda_;
  const Catalog& catalog_;
  const Functions& functions_;
  EstateAgent agent_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();  // what AWS answers may come after our end
};

}  // namespace paragon::aws
