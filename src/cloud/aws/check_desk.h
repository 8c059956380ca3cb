// What the single checks of a configuration (checkup.h) share: whom they ask, whom they tell.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "catalog/catalog.h"
#include "cloud/aws/account.h"
#include "cloud/aws/estate.h"
#include "cloud/aws/finding.h"
#include "cloud/aws/service.h"
#include "cloud/aws/settings.h"

namespace paragon::aws {

class CheckDesk : public std::enable_shared_from_this<CheckDesk> {
 public:
  // What comes behind a check; each calls it exactly once, unless the desk is gone.
  using Next = std::function<void()>;
  using Answer = std::function<void(const std::string& body)>;

  // All outlive it. `machines_max`: as many may be bought, of whatever offer of the catalog.
  CheckDesk(Account& account, const Catalog& catalog, const AwsSettings& settings, int machines_max,
            std::function<void(const Finding&)> say);

  // Before all else. False where a service cannot even be named; it is told.
  bool open();

  void tell(Grade grade, std::string what);
  int wrong() const { return wrong_; }  // how many findings were

  // `then` gets the body of an answer of status 2xx; a refusal is told as `if_refused`. Then
  // `next`. Neither is called when the desk is gone.
  void ask(Service& service, Result<ServiceRequest> request, const Action& action, Grade if_refused,
           Answer then, Next next);

  Account& account;
  const Catalog& catalog;
  const AwsSettings& settings;
  const int machines_max;
  std::unique_ptr<Service> sts;
  std::unique_ptr<Service> ec2;
  std::unique_ptr<Service> lambda;
  std::unique_ptr<Service> quotas;
  std::unique_ptr<EstateAgent> estate;  // while it is asked what there is
  std::set<std::string> networks;       // that the subnets are in, once they have been looked at

 private:
  std::function<void(const Finding&)> say_;
  int wrong_ = 0;
};

// One thing that is looked at.
using Check = std::function<void(CheckDesk&, CheckDesk::Next)>;

}  // namespace paragon::aws
