#include "wire/top_k.h"

#include <fmt/format.h>

#include <charconv>

namespace paragon::oip {

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<std::optional<std::size_t>> asked_top_k(const Parameters& parameters,
                                               const http::Headers& headers) {
  std::optional<std::int64_t> k;
  if (const auto parameter = parameters.find("top_k"); parameter != parameters.end()) {
    if (const auto* value = std::get_if<std::int64_t>(&parameter->second)) k = *value;
    if (const auto* text = std::get_if<std::string>(&parameter->second)) k = whole_number(*text);
    if (!k || *k < 1) {
      return Error{ErrorCode::invalid, "parameter top_k: expected a whole number of at least 1"};
    }
  } else if (const auto header = headers.find("x-paragon-top-k"); !header.empty()) {
    k = whole_number(header);
    if (!k || *k < 1) {
      return Error{
          ErrorCode::invalid,
          fmt::format("header x-paragon-top-k: got '{}', expected a whole number of at least 1",
                      header)};
    }
  } else {
    return std::optional<std::size_t>{};
  }
  return std::optional(static_cast<std::size_t>(*k));
}

}  // namespace paragon::oip
