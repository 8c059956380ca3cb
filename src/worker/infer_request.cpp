#include "worker/infer_request.h"

#include <fmt/format.h>

#include <charconv>

namespace paragon {
namespace {

constexpr std::string_view kJsonLength = "inference-header-content-length";

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

bool is_raw(const http::Request& request) {
  const auto type = request.headers.find("content-type");
  if (type.size() > 6 && http::same_name(type.substr(0, 6), "image/")) return true;
  return request.headers.find(kJsonLength) == "0";
}

Status read_deadline(WorkerQuery& query) {
  const auto text = query.request.headers.find("x-paragon-deadline-us");
  if (text.empty()) return {};
  const auto left = number(text);
  if (!left) {
    return {ErrorCode::invalid,
            fmt::format("header x-paragon-deadline-us: got '{}', expected the microseconds left",
                        text)};
  }
  // Beyond a day either way it makes no difference, and sums cannot overflow.
  constexpr std::int64_t kDay = 86'400'000'000;
  query.deadline = query.arrived + std::chrono::microseconds(std::clamp(*left, -kDay, kDay));
  return {};
}

Status read_body(WorkerQuery& query) {
  const auto& headers = query.request.headers;
  if (is_raw(query.request)) {
    query.infer.raw = true;
    query.infer.binary_outputs = headers.find(kJsonLength) == "0";
  } else {
    auto parsed = oip::parse_request(headers.find("content-type"), headers.find(kJsonLength),
                                     query.request.body);
    if (!parsed) return parsed.error();
    query.infer = *std::move(parsed);
    query.request.body = {};  // everything has been copied out of it
  }
  if (headers.find("x-paragon-outputs") == "binary") {
    query.infer.binary_outputs = true;
    for (auto& output : query.infer.outputs) output.binary = true;
  }
  return {};
}

Status read_top_k(WorkerQuery& query, std::size_t otherwise) {
  std::optional<std::int64_t> k;
  const auto header = query.request.headers.find("x-paragon-top-k");
  const auto parameter = query.infer.parameters.find("top_k");
  if (parameter != query.infer.parameters.end()) {
    if (const auto* value = std::get_if<std::int64_t>(&parameter->second)) k = *value;
    if (const auto* text = std::get_if<std::string>(&parameter->second)) k = number(*text);
    if (!k || *k < 1) {
      return {ErrorCode::invalid, "parameter top_k: expected a whole number of at least 1"};
    }
  } else if (!header.empty()) {
    k = number(header);
    if (!k || *k < 1) {
      return {ErrorCode::invalid,
              fmt::format("header x-paragon-top-k: got '{}', expected a whole number of at least 1",
                          header)};
    }
  }
  query.top_k = k ? static_cast<std::size_t>(*k) : otherwise;
  return {};
}

}  // namespace paragon
