// Texts out of JSON answers.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace paragon::aws {

// What the field says; empty when it is not there, is no text, or `json` is no object.
inline std::string text_of(const nlohmann::json& json, const char* name) {
  if (!json.is_object()) return {};
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace paragon::aws
