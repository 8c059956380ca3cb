// `key=value` fields of a journal line, and numbers that read back to the same value.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace paragon {

class Fields {
 public:
  // Splits at blanks; words without '=' are `words`, in order.
  explicit Fields(std::string_view line);

  const std::vector<std::string_view>& words() const { return words_; }
  std::optional<std::string_view> text(std::string_view key) const;

  // Absent or unreadable: nothing. An unreadable one is remembered by `broken`.
  template <class Number>
  std::optional<Number> number(std::string_view key) const {
    const auto value = text(key);
    if (!value) return std::nullopt;
    Number out{};
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), out);
    if (error != std::errc{} || end != value->data() + value->size()) {
      broken_ = std::string(key);
      return std::nullopt;
    }
    return out;
  }
  // As number, but must be there.
  template <class Number>
  Number need(std::string_view key) const {
    const auto value = number<Number>(key);
    if (!value && broken_.empty()) broken_ = std::string(key);
    return value.value_or(Number{});
  }
  // One beyond kLongest, either way, counts as unreadable: sums of a few of them must fit.
  static constexpr Duration kLongest = std::chrono::hours(24 * 365 * 50);
  std::optional<Duration> optional_duration(std::string_view key) const {
    const auto value = number<std::int64_t>(key);
    if (!value) return std::nullopt;
    if (*value > kLongest.count() || *value < -kLongest.count()) {
      broken_ = std::string(key);
      return std::nullopt;
    }
    return Duration(*value);
  }
  Duration duration(std::string_view key) const {
    const auto value = optional_duration(key);
    if (!value && broken_.empty()) broken_ = std::string(key);
    return value.value_or(Duration{});
  }

  // Name of the first field that was missing or could not be read; empty: all well.
  const std::string& broken() const { return broken_; }

 private:
  std::vector<std::string_view> words_;
  std::vector<std::pair<std::string_view, std::string_view>> fields_;
  mutable std::string broken_;
};

}  // namespace paragon
