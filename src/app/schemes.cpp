// paragon schemes: which there are, and what each can be tuned with.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/output_columns.h"
#include "app/scheme_flag.h"
#include "brain/scheme.h"
#include "report/table.h"

namespace paragon {
namespace {

struct Flags {
  std::string name;
  bool json = false;
};

std::string range_text(const Knob& knob) { return fmt::format("{} to {}", knob.least, knob.most); }

std::string all_text() {
  TextTable table({{"scheme, knob", Align::left},
                   {"default"},
                   {"range", Align::left},
                   {"what it is", Align::left},
                   {"source", Align::left}});
  for (const SchemeInfo* scheme : schemes()) {
    table.row({std::string(scheme->name), "", "", std::string(scheme->idea),
               std::string(scheme->source)});
    for (const Knob& knob : scheme->knobs) {
      table.row({"  " + std::string(knob.name), fmt::format("{}", knob.standard), range_text(knob),
                 std::string(knob.meaning), std::string(knob.source)});
    }
  }
  return table.text_within(output_columns());
}

std::string text_of(const SchemeInfo& scheme) {
  std::string text = fmt::format("{}: {}\nsource: {}\n", scheme.name, scheme.idea, scheme.source);
  if (scheme.follows_plan) text += "It cannot be chosen: the clairvoyant schedule is run by it.\n";
  if (scheme.knobs.empty()) return text + "It has no knobs.\n";
  TextTable table({{"knob", Align::left},
                   {"default"},
                   {"range", Align::left},
                   {"what it is", Align::left},
                   {"source of the default", Align::left}});
  for (const Knob& knob : scheme.knobs) {
    table.row({std::string(knob.name), fmt::format("{}", knob.standard), range_text(knob),
               std::string(knob.meaning), std::string(knob.source)});
  }
  return text + "\n" + table.text_within(output_columns()) +
         fmt::format("\nTo change one: --scheme {} --set {}=VALUE\n", scheme.name,
                     scheme.knobs.front().name);
}

nlohmann::ordered_json json_of(const SchemeInfo& scheme) {
  auto knobs = nlohmann::ordered_json::array();
  for (const Knob& knob : scheme.knobs) {
    knobs.push_back({{"name", knob.name},
                     {"default", knob.standard},
                     {"least", knob.least},
                     {"most", knob.most},
                     {"meaning", knob.meaning},
                     {"source", knob.source}});
  }
  return {{"name", scheme.name},
          {"idea", scheme.idea},
          {"source", scheme.source},
          {"follows_plan", scheme.follows_plan},
          {"knobs", std::move(knobs)}};
}

int list(const Flags& flags) {
  const SchemeInfo* one = flags.name.empty() ? nullptr : find_scheme(flags.name);
  if (one == nullptr && !flags.name.empty()) {
    const Status known = check_schemes("NAME", std::span(&flags.name, 1));
    fmt::print(stderr, "paragon schemes: {}\n", known.error().message);
    return 2;
  }
  if (flags.json) {
    auto all = nlohmann::ordered_json::array();
    for (const SchemeInfo* scheme : schemes()) all.push_back(json_of(*scheme));
    fmt::print("{}\n", (one != nullptr ? json_of(*one) : all).dump(2));
  } else {
    std::fputs((one != nullptr ? text_of(*one) : all_text()).c_str(), stdout);
  }
  return 0;
}

}  // namespace

void add_schemes(CLI::App& app, std::function<int()>& action) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command =
      app.add_subcommand("schemes", "The procurement schemes, and the knobs of each");
  command->add_option("NAME", flags->name, "Only this one, in full [all]");
  command->add_flag("--json", flags->json, "JSON: a list, or the one scheme");
  command->footer(
      "Exit status: 0 listed, 2 no such scheme.\n"
      "How each decides, and where it differs from its source: docs/schemes.md.");
  command->callback([flags, &action] { action = [flags] { return list(*flags); }; });
}

}  // namespace paragon
