// The `paragon` program.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>

#include "app/commands.h"
#include "app/flag_checks.h"
#include "app/flag_error.h"
#include "app/standard_output.h"

namespace {

int run(int argc, char** argv) {
  CLI::App app("Paragon: model serving that picks the model, the machine and the price");
  app.set_version_flag("--version", std::string("paragon ") + PARAGON_VERSION);
  app.require_subcommand(1);
  app.failure_message(paragon::flag_error);

  std::function<int()> action;
  paragon::add_serve(app, action);
  paragon::add_demo(app, action);
  paragon::add_load(app, action);
  paragon::add_replay(app, action);
  paragon::add_simulate(app, action);
  paragon::add_compare(app, action);
  paragon::add_schemes(app, action);
  paragon::add_plan(app, action);
  paragon::add_explain(app, action);
  paragon::add_validate(app, action);
  paragon::add_figures(app, action);
  paragon::add_profile(app, action);
  paragon::add_profile_one(app, action);
  paragon::add_worker(app, action);
  paragon::add_cloud(app, action);
  paragon::add_catalog(app, action);
  // Last, for subcommands take on what is set before them.
  app.footer(
      "Exit status beside each command's own: 70 a fault of Paragon itself, 74 standard output\n"
      "could not be written.");

  paragon::check_numbers(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {  // also how --help and --version end
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return action();
  } catch (const std::exception& error) {  // whatever was foreseen is an error value
    if (std::ferror(stdout) != 0) return paragon::kOutputLost;  // fmt::print could not
    std::fprintf(stderr, "paragon: a fault of Paragon itself: %s\n", error.what());
    return 70;
  }
}

}  // namespace

int main(int argc, char** argv) { return paragon::after_output(run(argc, argv)); }
