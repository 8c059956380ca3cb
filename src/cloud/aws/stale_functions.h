// Functions of the deployment that the catalog no longer has, from before it was changed: deleted
// when a controller starts, so that they do not pile up.
#pragma once

#include <memory>

#include "catalog/catalog.h"
#include "cloud/aws/estate.h"
#include "cloud/aws/service.h"

namespace paragon::aws {

class StaleFunctions {
 public:
  // All outlive it. Looks at once; what fails is logged and left for the next start.
  StaleFunctions(Loop& loop, Service& ec2, Service& lambda, const Catalog& catalog,
                 const std::string& deployment);

 private:
  void end(const Estate& estate);

  Service& lambda_;
  const Catalog& catalog_;
  EstateAgent agent_;
};

}  // namespace paragon::aws
