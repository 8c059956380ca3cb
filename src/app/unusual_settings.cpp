#include "app/unusual_settings.h"

#include <fmt/format.h>

namespace paragon {

std::string unusual_settings(const ScenarioFlags& flags) {
  const ScenarioFlags usual;
  std::string text;
  const auto say = [&](const std::string& what) { text += (text.empty() ? "" : ", ") + what; };
  const auto differs = [&](const char* name, const auto& value, const auto& as_usual) {
    if (value != as_usual) say(fmt::format("{} {}", name, value));
  };
  const auto given = [&](const char* name, const std::optional<double>& value) {
    if (value) say(fmt::format("{} {}", name, *value));
  };
  differs("from", flags.from, usual.from);
  differs("until", flags.until, usual.until);
  differs("compress", flags.compress, usual.compress);
  differs("scale", flags.scale, usual.scale);
  given("mean rate", flags.mean_rate);
  differs("repeat", flags.repeat, usual.repeat);
  differs("spacing", flags.spacing, usual.spacing);
  differs("selection", flags.selection, usual.selection);
  for (const std::string& knob : flags.set) say(knob);
  given("budget USD/hour", flags.budget);
  differs("machines min", flags.machines_min, usual.machines_min);
  differs("machines max", flags.machines_max, usual.machines_max);
  given("target busy", flags.target_busy);
  if (flags.no_functions) say("no functions");
  differs("hand-off ms", flags.hand_off_ms, usual.hand_off_ms);
  for (const std::string& kept : flags.provisioned) say("provisioned " + kept);
  return text;
}

}  // namespace paragon
