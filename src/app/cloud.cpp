// paragon cloud: what is done on a cloud by hand, beside a running server.
#include <CLI/CLI.hpp>

#include "app/cloud_commands.h"
#include "app/commands.h"

namespace paragon {

void add_cloud(CLI::App& app, std::function<int()>& action) {
  CLI::App* cloud =
      app.add_subcommand("cloud", "A deployment on AWS: prepare it, check it, list it, end it");
  cloud->require_subcommand(1);
  add_cloud_package(*cloud, action);
  add_cloud_check(*cloud, action);
  add_cloud_list(*cloud, action);
  add_cloud_destroy(*cloud, action);
}

}  // namespace paragon
