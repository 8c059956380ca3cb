// paragon cloud destroy: end all that a deployment has on AWS.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "app/cloud_commands.h"
#include "app/cloud_flags.h"
#include "app/flag_checks.h"
#include "cloud/aws/estate.h"

namespace paragon {
namespace {

struct Flags : CloudFlags {
  bool yes = false;
  double patience_s = 600;
};

bool agreed(const aws::Estate& estate, const std::string& deployment) {
  fmt::print(
      "deployment '{}': {} instances and {} functions will be ended. Type its name to go "
      "on: ",
      deployment, estate.instances.size(), estate.functions.size());
  std::fflush(stdout);
  std::string typed;
  return std::getline(std::cin, typed) && typed == deployment;
}

// Printed and not ended.
void show(const aws::Estate& estate) {
  for (const auto& one : estate.instances) fmt::print("would terminate {}\n", one.id);
  for (const auto& one : estate.functions) {
    for (const auto& version : one.provisioned_versions())
      fmt::print("would end what is kept provisioned of {} version {}\n", one.function.name,
                 version);
    fmt::print("would delete {}\n", one.function.name);
  }
  if (estate.empty()) fmt::print("nothing to end\n");
}

int destroy(const Flags& flags) {
  auto desk = open_cloud_desk(flags);
  if (!desk) return refuse_cloud("destroy", desk.error());
  CloudDesk& on = **desk;
  if (!flags.yes && !flags.dry_run && isatty(STDIN_FILENO) == 0) {
    return refuse_cloud("destroy", {ErrorCode::invalid,
                                    "nobody is there to be asked; say --yes to end everything of "
                                    "deployment '" +
                                        on.config.aws.deployment + "'"});
  }
  auto services = open_cloud_services(on);
  if (!services) return refuse_cloud("destroy", services.error());
  aws::EstateAgent agent(on.loop, *services->ec2, *services->lambda, on.config.aws.deployment);
  int status = 0;
  const auto end = [&](const Status& ended) {
    if (ended) {
      fmt::print("deployment '{}': nothing is left\n", on.config.aws.deployment);
    } else {
      status = refuse_cloud("destroy", ended.error());
    }
    on.loop.stop();
  };
  agent.find([&](const Result<aws::Estate>& estate) {
    if (!estate) return end(estate.error());
    if (flags.dry_run) {
      show(*estate);
      return on.loop.stop();
    }
    if (!estate->empty() && !flags.yes && !agreed(*estate, on.config.aws.deployment))
      return end({ErrorCode::invalid, "not agreed to; nothing was ended"});
    on.loop.post([&] {
      agent.destroy(
          from_seconds(flags.patience_s),
          [](const std::string& step) {
            fmt::print("{}\n", step);
            std::fflush(stdout);
          },
          end);
    });
  });
  on.loop.run();
  return status;
}

}  // namespace

void add_cloud_destroy(CLI::App& cloud, std::function<int()>& action) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = cloud.add_subcommand(
      "destroy", "End all that a deployment has on AWS, and wait until it is gone");
  add_cloud_flags(*command, *flags);
  command->add_flag("--yes", flags->yes, "Do not ask");
  command->add_option("--patience", flags->patience_s, "Seconds to wait for instances to end")
      ->check(between(1.0, 86'400.0))
      ->capture_default_str();
  command->callback([flags, &action] { action = [flags] { return destroy(*flags); }; });
}

}  // namespace paragon
