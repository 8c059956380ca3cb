#include "wire/function_event.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "wire/base64.h"
#include "wire/json_read.h"
#include "wire/json_text.h"
#include "wire/request_parser.h"

namespace paragon {
namespace {

using oip::Json;

constexpr double kMillisecondsMax = 1e12;  // 31 years: sums stay far from overflowing

constexpr std::array<std::pair<http::Method, std::string_view>, 5> kMethods{{
    {http::Method::get, "GET"},
    {http::Method::head, "HEAD"},
    {http::Method::post, "POST"},
    {http::Method::put, "PUT"},
    {http::Method::del, "DELETE"},
}};

std::string_view name_of(http::Method method) {
  for (const auto& [one, name] : kMethods) {
    if (one == method) return name;
  }
  return "OPTIONS";
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  json::append_string(out, name);
  out += ':';
  json::append_string(out, value);
}

void append_headers(std::string& out, const http::Headers& headers) {
  std::vector<std::pair<std::string_view, std::string>> once;
  for (const auto& [name, value] : headers) {
    const auto same = [name = std::string_view(name)](const auto& one) {
      return http::same_name(one.first, name);
    };
    const auto found = std::find_if(once.begin(), once.end(), same);
    if (found == once.end()) {
      once.emplace_back(name, value);
    } else {
      found->second += ", " + value;
    }
  }
  out += R"("headers":{)";
  for (const auto& [name, value] : once) {
    if (out.back() != '{') out += ',';
    append_field(out, name, value);
  }
  out += '}';
}

std::size_t base64_size(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

Error too_large(std::string_view what, std::size_t body, std::size_t json) {
  return {ErrorCode::invalid,
          fmt::format("{} of {} bytes is {} bytes as JSON, over the {} that a function takes and "
                      "gives; send less at a time, or to a machine",
                      what, body, json, kFunctionJsonMax)};
}

// What both kinds of objects are read with: their fields, and the first complaint.
struct Reading {
  std::string what;  // "function event"
  ErrorCode code;
  std::string complaint;

  bool wrong(std::string_view field, std::string_view expected, const Json& got) {
    complaint = fmt::format("{}: '{}' must be {}, not {}", what, field, expected, oip::kind(got));
    return false;
  }
  bool text(std::string_view field, const Json& json, std::string& into) {
    std::string_view value;
    if (json.get(value)) return wrong(field, "a string", json);
    into = value;
    return true;
  }
  bool headers(const Json& json, http::Headers& into) {
    simdjson::dom::object object;
    if (json.get(object)) return wrong("headers", "an object", json);
    for (const auto& [name, value] : object) {
      std::string content;
      if (!text(fmt::format("headers.{}", std::string_view(name)), value, content)) return false;
      into.add(std::string(name), std::move(content));
    }
    return true;
  }
  bool body(const Json& json, std::string& into) {
    std::string_view value;
    if (json.is_null()) return true;
    if (json.get(value)) return wrong("body", "a string", json);
    auto bytes = from_base64(value);
    if (!bytes) {
      complaint = what + ": 'body' is not base64";
      return false;
    }
    into = *std::move(bytes);
    return true;
  }
  bool flag(std::string_view field, const Json& json, bool& into) {
    return !json.get(into) || wrong(field, "true or false", json);
  }
  bool milliseconds(std::string_view field, const Json& json, Duration& into) {
    double value = 0;
    if (json.get(value)) return wrong(field, "a number", json);
    if (!(value >= 0 && value <= kMillisecondsMax)) {
      complaint =
          fmt::format("{}: '{}' is {}, expected milliseconds of at least 0", what, field, value);
      return false;
    }
    into = from_milliseconds(value);
    return true;
  }
  Error error() const { return {code, complaint}; }

  // Calls `field` with each name and value until it says no. False: it did, or there is no object.
  template <class Field>
  bool each(std::string_view json, Field field) {
    oip::JsonDocument document;
    auto object = document.parse(json);
    if (!object) {
      complaint = what + " is not a JSON object";
      return false;
    }
    for (const auto& [name, value] : *object) {
      if (!field(std::string_view(name), Json(value))) return false;
    }
    return true;
  }
};

}  // namespace

Result<std::string> write_function_event(http::Method method, std::string_view target,
                                         const http::Headers& headers, std::string_view body) {
  std::string out = "{";
  append_field(out, "method", name_of(method));
  out += ',';
  append_field(out, "target", target);
  out += ',';
  append_headers(out, headers);
  const std::size_t size = out.size() + base64_size(body.size()) + 11;
  if (size > kFunctionJsonMax) return too_large("a request", body.size(), size);
  if (!body.empty()) out += R"(,"body":")" + base64(body) + '"';
  return out + '}';
}

Result<http::Request> read_function_event(std::string_view json) {
  Reading reading{"function event", ErrorCode::invalid, {}};
  http::Request request;
  std::string method, target;
  const bool good = reading.each(json, [&](std::string_view field, const Json& value) {
    if (field == "method") return reading.text(field, value, method);
    if (field == "target") return reading.text(field, value, target);
    if (field == "headers") return reading.headers(value, request.headers);
    if (field == "body") return reading.body(value, request.body);
    return true;
  });
  if (!good) return reading.error();
  request.method = http::Method::other;
  for (const auto& [one, name] : kMethods) {
    if (name == method) request.method = one;
  }
  if (request.method == http::Method::other) {
    return Error{ErrorCode::invalid,
                 fmt::format("function event: 'method' is '{}', expected GET, HEAD, POST, PUT or "
                             "DELETE: this function takes HTTP requests as JSON, with method, "
                             "target, headers and a body in base64",
                             method)};
  }
  if (!http::split_target(target, request.path, request.query)) {
    return Error{ErrorCode::invalid,
                 fmt::format("function event: 'target' is '{}', expected a path such as "
                             "/v2/models/NAME/infer",
                             target)};
  }
  return request;
}

Result<std::string> write_function_reply(const http::Response& response, const FunctionRun& ran) {
  http::Headers headers;
  if (!response.content_type.empty()) headers.add("content-type", response.content_type);
  for (const auto& [name, value] : response.headers) headers.add(name, value);
  std::string out = fmt::format(R"({{"status":{},)", response.status);
  append_headers(out, headers);
  std::string end =
      fmt::format(R"(","cold":{},"provisioned":{},"initialised_ms":)", ran.cold, ran.provisioned);
  json::append_number(end, milliseconds(ran.initialised));
  end += R"(,"run_ms":)";
  json::append_number(end, milliseconds(ran.run));
  end += '}';
  const std::size_t size = out.size() + 9 + base64_size(response.body.size()) + end.size();
  if (size > kFunctionJsonMax) return too_large("an answer", response.body.size(), size);
  return out + R"(,"body":")" + base64(response.body) + end;
}

Result<FunctionReply> read_function_reply(std::string_view json) {
  Reading reading{"answer of the function", ErrorCode::unavailable, {}};
  FunctionReply reply;
  const bool good = reading.each(json, [&](std::string_view field, const Json& value) {
    if (field == "status") {
      std::int64_t status = 0;
      if (value.get(status)) return reading.wrong(field, "a whole number", value);
      if (status >= 100 && status <= 599) reply.answer.status = static_cast<int>(status);
      return true;
    }
    if (field == "headers") return reading.headers(value, reply.answer.headers);
    if (field == "body") return reading.body(value, reply.answer.body);
    if (field == "initialised_ms") return reading.milliseconds(field, value, reply.ran.initialised);
    if (field == "run_ms") return reading.milliseconds(field, value, reply.ran.run);
    if (field == "cold") return reading.flag(field, value, reply.ran.cold);
    if (field == "provisioned") return reading.flag(field, value, reply.ran.provisioned);
    return true;
  });
  if (!good) return reading.error();
  if (reply.answer.status == 0) {
    return Error{ErrorCode::unavailable,
                 "answer of the function has no 'status' of 100 to 599: is it one of Paragon's?"};
  }
  return reply;
}

}  // namespace paragon
