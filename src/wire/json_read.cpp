#include "wire/json_read.h"

#include <fmt/format.h>

namespace paragon::oip {

namespace {

// Data nests once for each dimension, around which are three levels of the protocol.
constexpr std::size_t kDepthMax = 64;
constexpr std::size_t kCapacityMin = 16 * 1024;  // so that bodies of usual size never allocate

}  // namespace

Result<simdjson::dom::object> JsonDocument::parse(std::string_view text) {
  using namespace simdjson;
  if (text.empty()) text = "";  // simdjson copies from it, also nothing from nowhere
  if (parser_.capacity() < text.size() || parser_.max_depth() != kDepthMax) {
    const error_code failed = parser_.allocate(std::max(text.size(), kCapacityMin), kDepthMax);
    if (failed) return wrong(std::string("body is not accepted: ") + error_message(failed));
  }
  dom::element root;
  const error_code parsed = parser_.parse(text.data(), text.size(), true).get(root);
  if (parsed == DEPTH_ERROR) {
    return wrong("body is not accepted: JSON nested deeper than " + std::to_string(kDepthMax));
  }
  if (parsed) return wrong(std::string("body is not valid JSON: ") + error_message(parsed));
  dom::object object;
  if (root.get(object)) return wrong(std::string("body must be a JSON object, not ") + kind(root));
  return object;
}

const char* kind(const Json& json) {
  switch (json.type()) {
    case simdjson::dom::element_type::ARRAY:
      return "an array";
    case simdjson::dom::element_type::OBJECT:
      return "an object";
    case simdjson::dom::element_type::INT64:
    case simdjson::dom::element_type::UINT64:
      return "a whole number";
    case simdjson::dom::element_type::DOUBLE:
      return "a number with fraction";
    case simdjson::dom::element_type::STRING:
      return "a string";
    case simdjson::dom::element_type::BOOL:
      return "a boolean";
    case simdjson::dom::element_type::NULL_VALUE:
      return "null";
  }
  return "something else";
}

Result<std::string> read_string(const Json& json, const std::string& where) {
  std::string_view text;
  if (json.get(text)) return wrong(where + " must be a string, not " + kind(json));
  return std::string(text);
}

Result<Parameters> read_parameters(const Json& json, const std::string& where) {
  Parameters parameters;
  if (json.is_null()) return parameters;
  simdjson::dom::object object;
  if (json.get(object)) return wrong(where + ": 'parameters' must be an object, not " + kind(json));
  for (const auto& [key, value] : object) {
    const std::string name(key);
    const std::string at = fmt::format("{}: parameter '{}'", where, name);
    Parameter parameter;
    switch (value.type()) {
      case simdjson::dom::element_type::BOOL:
        parameter = bool(value);
        break;
      case simdjson::dom::element_type::INT64:
        parameter = std::int64_t(value);
        break;
      case simdjson::dom::element_type::DOUBLE:
        parameter = double(value);
        break;
      case simdjson::dom::element_type::STRING:
        parameter = std::string(std::string_view(value));
        break;
      case simdjson::dom::element_type::NULL_VALUE:
        continue;  // as if not given
      case simdjson::dom::element_type::UINT64:
        return wrong(at + " is larger than 2^63 - 1");
      case simdjson::dom::element_type::ARRAY:
      case simdjson::dom::element_type::OBJECT:
        return wrong(at + " must be a boolean, number or string, not " + kind(value));
    }
    if (!parameters.emplace(name, std::move(parameter)).second) {
      return wrong(at + " is given twice");
    }
  }
  return parameters;
}

}  // namespace paragon::oip
