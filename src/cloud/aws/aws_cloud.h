// The cloud on AWS: machines are EC2 instances, functions are Lambda functions.
//
// Beyond the promises of Cloud: events and answers never come from inside a call. Everything that
// it makes carries the deployment's tag (ownership.h). Destroying the cloud leaves the machines
// running: a controller that is started again takes them up with list(), and a worker that hears
// from none ends its own instance.
#pragma once

#include <memory>

#include "catalog/catalog.h"
#include "cloud/aws/account.h"
#include "cloud/aws/functions.h"
#include "cloud/aws/instances.h"
#include "cloud/aws/settings.h"
#include "cloud/aws/stale_functions.h"
#include "cloud/cloud.h"

namespace paragon {

class AwsCloud final : public Cloud {
 public:
  // `catalog` and `account` outlive the cloud. Errors: invalid (settings that cannot work, all
  // complaints together; an endpoint's URL).
  static Result<std::unique_ptr<AwsCloud>> open(aws::Account& account, const Catalog& catalog,
                                                aws::AwsSettings settings, const OnEvent& on_event);

  void launch(MachineOfferId offer, MachineId id) override { instances_.launch(offer, id); }
  void terminate(MachineId id) override { instances_.terminate(id); }
  void invoke(FunctionCall call, OnAnswer done) override {
    functions_.invoke(std::move(call), std::move(done));
  }
  void list() override { instances_.list(); }
  void provision(const std::vector<Provisioned>& wanted) override { functions_.provision(wanted); }

 private:
  AwsCloud(aws::Account& account, const Catalog& catalog, aws::AwsSettings settings,
           std::unique_ptr<aws::Service> ec2, std::unique_ptr<aws::Service> lambda,
           const OnEvent& on_event);

  const aws::AwsSettings settings_;
  std::unique_ptr<aws::Service> ec2_;
  std::unique_ptr<aws::Service> lambda_;
  aws::Instances instances_;
  aws::Functions functions_;
  std::unique_ptr<aws::StaleFunctions> stale_;  // where there is code for functions
};

// What of the settings cannot work, each complaint on a line.
Status check(const aws::AwsSettings& settings);

}  // namespace paragon
