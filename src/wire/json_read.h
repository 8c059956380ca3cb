// Reading JSON from outside: a thin face over simdjson for the parsers of the protocol.
// Includes simdjson: for the files of wire/ only.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/oip.h"

namespace paragon::oip {

using Json = simdjson::dom::element;

// A parser and the last document it read. Elements are valid until the next parse().
class JsonDocument {
 public:
  // The whole of `text` as one object. Nesting is bounded.
  Result<simdjson::dom::object> parse(std::string_view text);

 private:
  simdjson::dom::parser parser_;
};

inline Error wrong(std::string message) { return {ErrorCode::invalid, std::move(message)}; }

// "a number", "an array", ... for messages.
const char* kind(const Json& json);

// Text and parameters of requests and responses. `where` begins the message.
Result<std::string> read_string(const Json& json, const std::string& where);
Result<Parameters> read_parameters(const Json& json, const std::string& where);

}  // namespace paragon::oip
