// paragon replay: feeds a journal to a fresh brain and compares every decision.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <memory>

#include "app/commands.h"
#include "brain/journal.h"

namespace paragon {
namespace {

int replay_file(const std::string& path) {
  std::ifstream in(path);
  if (!in) {
    fmt::print(stderr, "paragon replay: {}: cannot be read\n", path);
    return 1;
  }
  auto report =
      replay([&in](std::string& line) { return static_cast<bool>(std::getline(in, line)); });
  if (!report) {
    fmt::print(stderr, "paragon replay: {}: {}\n", path, report.error().message);
    return 1;
  }
  fmt::print("{} inputs, {} decisions, {} differences\n", report->inputs, report->decisions,
             report->differences);
  if (report->differences == 0) return 0;
  fmt::print("first difference: {}\n", report->first_difference);
  return 2;
}

}  // namespace

void add_replay(CLI::App& app, std::function<int()>& action) {
  auto path = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("replay", "Replay a journal and compare the decisions, byte for byte");
  command->add_option("journal", *path, "Journal written by `paragon serve --journal`")->required();
  command->footer(
      "Exit status: 0 all decisions equal, 2 some differ, 1 the journal is unreadable.");
  command->callback([path, &action] { action = [path] { return replay_file(*path); }; });
}

}  // namespace paragon
