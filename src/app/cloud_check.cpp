// paragon cloud check: whether a configuration will work on AWS, before anything is bought.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/cloud_commands.h"
#include "app/cloud_flags.h"
#include "catalog/load.h"
#include "cloud/aws/checkup.h"
#include "serve/aws_config.h"

namespace paragon {
namespace {

const char* mark(aws::Grade grade) {
  switch (grade) {
    case aws::Grade::good:
      return "ok     ";
    case aws::Grade::warning:
      return "warning";
    case aws::Grade::wrong:
      break;
  }
  return "WRONG  ";
}

int check_cloud(const CloudFlags& flags) {
  auto desk = open_cloud_desk(flags);
  if (!desk) return refuse_cloud("check", desk.error());
  CloudDesk& on = **desk;
  auto settings = aws_settings(on.config);
  if (!settings) return refuse_cloud("check", settings.error());
  LoadOptions options;
  options.models_dir = on.config.models_dir;
  options.check_hashes = false;
  const auto catalog = load_catalog(on.config.catalog, options);
  if (!catalog) return refuse_cloud("check", catalog.error());
  auto provisioned = find_provisioned(*catalog, on.config.provisioned);
  if (!provisioned) {
    return refuse_cloud("check", {ErrorCode::invalid,
                                  "cloud.functions.provisioned: " + provisioned.error().message});
  }
  settings->functions.provisioned = std::move(*provisioned);
  aws::Checkup checkup(*on.account, *catalog, *settings, on.config.brain.machines_max);
  int status = 0;
  checkup.run(
      [](const aws::Finding& finding) {
        fmt::print("{}  {}\n", mark(finding.grade), finding.what);
        std::fflush(stdout);
      },
      [&](int wrong) {
        if (wrong > 0) {
          status = 1;
          fmt::print("{} to be put right\n",
                     wrong == 1 ? "one thing" : fmt::format("{} things", wrong));
        } else {
          fmt::print("nothing stands in the way\n");
        }
        on.loop.stop();
      });
  on.loop.run();
  return status;
}

}  // namespace

void add_cloud_check(CLI::App& cloud, std::function<int()>& action) {
  auto flags = std::make_shared<CloudFlags>();
  CLI::App* command = cloud.add_subcommand(
      "check", "Find out whether a configuration will work on AWS; buys nothing");
  add_cloud_flags(*command, *flags);
  command->callback([flags, &action] { action = [flags] { return check_cloud(*flags); }; });
}

}  // namespace paragon
