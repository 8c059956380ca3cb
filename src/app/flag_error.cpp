#include "app/flag_error.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "catalog/complaints.h"

namespace paragon {

std::string flag_error(const CLI::App* app, const CLI::Error& error) {
  const CLI::App* command = app;
  std::string name = "paragon";
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    name += " " + command->get_name();
  }
  std::string what = error.what();
  // CLI11 asks for a subcommand before it says that what was given is none.
  if (const auto given = command->remaining(); error.get_name() == "RequiredError" &&
                                               !given.empty() &&
                                               !command->get_subcommands({}).empty()) {
    what = fmt::format("got {}, expected a command", in_quotes(given.front()));
  }
  return fmt::format("{}: {}\nRun '{} --help' for what there is.\n", name, what, name);
}

}  // namespace paragon
