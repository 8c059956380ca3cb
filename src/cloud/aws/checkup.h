// Whether a configuration will work on AWS, found out without buying anything: credentials, image,
// network, permissions (by dry runs), quotas, functions.
#pragma once

#include <functional>
#include <memory>

#include "catalog/catalog.h"
#include "cloud/aws/account.h"
#include "cloud/aws/finding.h"
#include "cloud/aws/settings.h"

namespace paragon::aws {

class Checkup {
 public:
  // All outlive it. `machines_max`: as many may be bought, of whatever offer of the catalog.
  Checkup(Account& account, const Catalog& catalog, const AwsSettings& settings, int machines_max);
  ~Checkup();

  // Calls `say` for each finding, in a fixed order, then `done` with how many are wrong. Once.
  void run(std::function<void(const Finding&)> say, std::function<void(int wrong)> done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon::aws
