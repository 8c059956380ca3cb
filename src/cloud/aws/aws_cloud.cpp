#include "cloud/aws/aws_cloud.h"

#include <algorithm>
#include <utility>

namespace paragon {

Status check(const aws::AwsSettings& settings) {
  std::string wrong;
  const auto complain = [&wrong](const std::string& text) {
    wrong += (wrong.empty() ? "" : "\n") + text;
  };
  if (auto name = aws::check_deployment_name(settings.deployment); !name)
    complain("cloud." + name.error().message);
  const aws::InstanceSettings& machines = settings.instances;
  if (machines.image.empty() && !machines.launch_template)
    complain("cloud.machines: set an image (ami-...) or a launch_template");
  if (!machines.program.starts_with('/'))
    complain("cloud.machines.program: '" + machines.program + "' is not an absolute path");
  if (machines.port == 0) complain("cloud.machines.port: expected 1 to 65535");
  const aws::FunctionSettings& functions = settings.functions;
  if (functions.any() && functions.role.empty())
    complain("cloud.functions.role: set the ARN of the role that the functions run under");
  if (functions.code.zip.size() > aws::lambda::kZipMax) {
    complain("cloud.functions.zip: " + std::to_string(functions.code.zip.size()) +
             " bytes are over the 52428800 that can be sent directly; put the archive into a "
             "bucket (cloud.functions.s3)");
  }
  if (wrong.empty()) return {};
  return {ErrorCode::invalid, wrong};
}

Result<std::unique_ptr<AwsCloud>> AwsCloud::open(aws::Account& account, const Catalog& catalog,
                                                 aws::AwsSettings settings,
                                                 const OnEvent& on_event) {
  using aws::Service;
  if (Status good = check(settings); !good) return good.error();
  auto ec2 = Service::open(account, aws::services::kEc2, settings.seed);
  if (!ec2) return ec2.error();
  auto lambda = Service::open(account, aws::services::kLambda, settings.seed);
  if (!lambda) return lambda.error();
  return std::unique_ptr<AwsCloud>(new AwsCloud(account, catalog, std::move(settings),
                                                std::move(*ec2), std::move(*lambda), on_event));
}

AwsCloud::AwsCloud(aws::Account& account, const Catalog& catalog, aws::AwsSettings settings,
                   std::unique_ptr<aws::Service> ec2, std::unique_ptr<aws::Service> lambda,
                   const OnEvent& on_event)
    : settings_(std::move(settings)),
      ec2_(std::move(ec2)),
      lambda_(std::move(lambda)),
      instances_(account, *ec2_, catalog, settings_, on_event),
      functions_(account, *lambda_, catalog, settings_, std::move(on_event)) {
  if (settings_.functions.any()) {
    stale_ = std::make_unique<aws::StaleFunctions>(account.loop(), *ec2_, *lambda_, catalog,
                                                   functions_, settings_.deployment);
  }
}

}  // namespace paragon
