// What the subcommands of `paragon cloud` have in common: whose deployment it is, and a dry run.
#pragma once

#include <memory>
#include <string>

#include "cloud/aws/account.h"
#include "cloud/aws/service.h"
#include "serve/config.h"

namespace CLI {
class App;
}

namespace paragon {

struct CloudFlags {
  std::string config;
  std::string deployment;
  std::string region;
  bool dry_run = false;
};

void add_cloud_flags(CLI::App& command, CloudFlags& flags);

// A dry run: every call is printed on stderr, and those that would change something are not sent.
void run_dry(aws::Account& account);

// A deployment on AWS as a command sees it.
struct CloudDesk {
  Loop loop;
  ServeConfig config;
  std::unique_ptr<aws::Account> account;
};
// The file first, then the flags over it. Errors: as the configuration and the credentials.
Result<std::unique_ptr<CloudDesk>> open_cloud_desk(const CloudFlags& flags);

struct CloudServices {
  std::unique_ptr<aws::Service> ec2;
  std::unique_ptr<aws::Service> lambda;
};
Result<CloudServices> open_cloud_services(CloudDesk& desk);

// Prints "paragon cloud NAME: ..." on stderr, gives the exit status: 2 for what the user got wrong,
// else 1.
int refuse_cloud(const char* name, const Error& error);

}  // namespace paragon
