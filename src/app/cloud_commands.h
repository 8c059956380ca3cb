// The subcommands of `paragon cloud`: one small file each, listed in cloud.cpp.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace paragon {

// As in commands.h; `cloud` is the command that they belong to.
void add_cloud_check(CLI::App& cloud, std::function<int()>& action);
void add_cloud_destroy(CLI::App& cloud, std::function<int()>& action);
void add_cloud_list(CLI::App& cloud, std::function<int()>& action);
void add_cloud_package(CLI::App& cloud, std::function<int()>& action);

}  // namespace paragon
