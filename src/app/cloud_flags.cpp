#include "app/cloud_flags.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/exit_status.h"
#include "app/serve_config.h"
#include "cloud/aws/ownership.h"

namespace paragon {

void add_cloud_flags(CLI::App& command, CloudFlags& flags) {
  command.add_option("--config", flags.config, "The configuration that `paragon serve` is given")
      ->check(CLI::ExistingFile);
  command.add_option("--deployment", flags.deployment,
                     "Name of the deployment [the configuration's, or default]");
  command.add_option("--region", flags.region, "AWS region [as AWS's own tools find it]");
  command.add_flag("--dry-run", flags.dry_run,
                   "Print every call to AWS, and send none that changes anything");
}

void run_dry(aws::Account& account) {
  account.watch([](const aws::WatchedCall& call) {
    fmt::print(stderr, "{}{}: {}\n", call.changes ? "would send " : "", call.what, call.request);
    return !call.changes;
  });
}

Result<std::unique_ptr<CloudDesk>> open_cloud_desk(const CloudFlags& flags) {
  spdlog::set_default_logger(spdlog::stderr_logger_st("paragon"));
  spdlog::set_level(spdlog::level::err);
  auto config = serve_config(flags.config);
  if (!config) return config.error();
  auto desk = std::make_unique<CloudDesk>();
  desk->config = std::move(config).value();
  if (!flags.deployment.empty()) desk->config.aws.deployment = flags.deployment;
  if (!flags.region.empty()) desk->config.aws.region = flags.region;
  const aws::AwsSettings& settings = desk->config.aws;
  if (Status named = aws::check_deployment_name(settings.deployment); !named) return named.error();
  auto account = aws::Account::open(desk->loop, aws::this_process(), settings.region);
  if (!account) return account.error();
  desk->account = std::move(account).value();
  if (flags.dry_run) run_dry(*desk->account);
  return desk;
}

Result<CloudServices> open_cloud_services(CloudDesk& desk) {
  using aws::Service;
  auto ec2 = Service::open(*desk.account, aws::services::kEc2, desk.config.seed);
  if (!ec2) return ec2.error();
  auto lambda = Service::open(*desk.account, aws::services::kLambda, desk.config.seed);
  if (!lambda) return lambda.error();
  return CloudServices{std::move(*ec2), std::move(*lambda)};
}

int refuse_cloud(const char* name, const Error& error) {
  fmt::print(stderr, "paragon cloud {}: {}\n", name, error.message);
  return exit_status(error);
}

}  // namespace paragon
