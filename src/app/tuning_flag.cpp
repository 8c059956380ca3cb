#include "app/tuning_flag.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>

#include "brain/scheme.h"
#include "catalog/complaints.h"

namespace paragon {
namespace {

Error wrong(const KnobSetting& setting, const std::string& what) {
  return {ErrorCode::invalid, fmt::format("--set: got {}, {}", in_quotes(setting.text), what)};
}

bool has(const std::string& scheme, const KnobSetting& setting) {
  const SchemeInfo* info = find_scheme(scheme);
  return info != nullptr && info->find_knob(setting.knob) != nullptr;
}

}  // namespace

CLI::Option* add_tuning_flag(CLI::App& command, std::vector<std::string>& set) {
  return command.add_option(
      "--set", set,
      "A knob of the scheme: KNOB=VALUE, or SCHEME.KNOB=VALUE where there are several schemes; may "
      "be repeated; `paragon schemes` lists them");
}

Result<std::vector<KnobSetting>> read_knobs(const std::vector<std::string>& set) {
  std::vector<KnobSetting> knobs;
  for (const std::string& text : set) {
    const std::size_t equals = text.find('=');
    KnobSetting setting{.text = text, .scheme = {}, .knob = {}};
    const char* end = text.data() + text.size();
    const bool number = equals != std::string::npos && equals > 0 && equals + 1 < text.size() &&
                        std::from_chars(text.data() + equals + 1, end, setting.value).ptr == end &&
                        std::isfinite(setting.value);
    if (!number) {
      return wrong(setting, "expected the name of a knob and a number, such as hold_s=120");
    }
    setting.knob = text.substr(0, equals);
    if (const std::size_t dot = setting.knob.find('.'); dot != std::string::npos) {
      setting.scheme = setting.knob.substr(0, dot);
      setting.knob.erase(0, dot + 1);
    }
    knobs.push_back(std::move(setting));
  }
  return knobs;
}

Status tune(const std::vector<std::string>& set, const std::string& scheme, Tuning& tuning) {
  const auto tunings = tune_each(set, std::span(&scheme, 1));
  if (!tunings) return tunings.error();
  for (const auto& [of, knobs] : *tunings) {
    for (const auto& [knob, value] : knobs) tuning.insert_or_assign(knob, value);
  }
  return {};
}

Result<Tunings> tune_each(const std::vector<std::string>& set,
                          std::span<const std::string> schemes) {
  const auto knobs = read_knobs(set);
  if (!knobs) return knobs.error();
  Tunings tunings;
  for (const KnobSetting& setting : *knobs) {
    if (!setting.scheme.empty()) {
      if (std::ranges::find(schemes, setting.scheme) == schemes.end()) {
        return wrong(setting, fmt::format("expected a knob of a scheme that runs ({})",
                                          fmt::join(schemes, ", ")));
      }
      tunings[setting.scheme].insert_or_assign(setting.knob, setting.value);
      continue;
    }
    bool known = false;
    for (const std::string& scheme : schemes) {
      if (schemes.size() > 1 && !has(scheme, setting)) continue;
      tunings[scheme].insert_or_assign(setting.knob, setting.value);
      known = true;
    }
    if (!known) {
      return wrong(setting, fmt::format("but none of these schemes has a knob {}: {}; `paragon "
                                        "schemes` lists their knobs",
                                        in_quotes(setting.knob), fmt::join(schemes, ", ")));
    }
  }
  return tunings;
}

}  // namespace paragon
