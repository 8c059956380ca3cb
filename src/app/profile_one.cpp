// paragon profile-one: the process that `paragon profile` starts for a cold start. Not for people.
#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/flag_checks.h"
#include "profile/single_run.h"

namespace paragon {

void add_profile_one(CLI::App& app, std::function<int()>& action) {
  struct Flags {
    profile::SingleRunSettings settings;
    std::int64_t started_ns = 0;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand("profile-one", "Measure one network, told by a parent");
  command->group("");  // hidden
  command->add_option("--file", flags->settings.file)->required();
  command->add_option("--threads", flags->settings.threads)->check(between(1, 256));
  command->add_option("--started-ns", flags->started_ns);
  command->callback([flags, &action] {
    action = [flags] {
      flags->settings.started = Duration(flags->started_ns);
      return profile::single_run(flags->settings, stdin, stdout);
    };
  });
}

}  // namespace paragon
