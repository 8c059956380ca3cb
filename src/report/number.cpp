#include "report/number.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace paragon {
namespace {

// How many decimals show `digits` significant digits of n; at most 12, so that dust stays short.
int decimals_for(double n, int digits) {
  if (n == 0) return 0;
  // Rounding may carry into a new digit (0.9996 -> 1.00), so ask the rounded number.
  const std::string rounded = fmt::format("{:.{}e}", n, digits - 1);
  const int magnitude = std::atoi(rounded.c_str() + rounded.find('e') + 1);
  return std::clamp(digits - 1 - magnitude, 0, 12);
}

std::string with_commas(std::string digits) {
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

}  // namespace

std::string count_text(std::uint64_t n) { return with_commas(fmt::format("{}", n)); }

std::string number_text(double n, int digits) {
  if (!std::isfinite(n)) return std::isnan(n) ? "-" : (n > 0 ? "∞" : "-∞");
  std::string text = fmt::format("{:.{}f}", std::abs(n), decimals_for(n, digits));
  const std::size_t point = text.find('.');
  std::string whole = with_commas(text.substr(0, point));
  if (point != std::string::npos) whole += text.substr(point);
  return n < 0 ? "-" + whole : whole;
}

std::string text_of(Dollars money) {
  const double usd = money.value;
  if (!std::isfinite(usd)) return "-";
  if (usd == 0) return "$0";
  const std::string sign = usd < 0 ? "-$" : "$";
  const double size = std::abs(usd);
  if (size < 1) return sign + number_text(size);
  std::string text = fmt::format("{:.2f}", size);
  return sign + with_commas(text.substr(0, text.size() - 3)) + text.substr(text.size() - 3);
}

std::string text_of(Duration length) {
  const double us = static_cast<double>(length.count()) * 1e-3;
  const double size = std::abs(us);
  // The edges lie where rounding to three digits would print 1000 of the smaller unit.
  if (size < 999.5) return number_text(us) + " µs";
  if (size < 999.5e3) return number_text(us * 1e-3) + " ms";
  return number_text(us * 1e-6) + " s";
}

std::string percent_text(double share) {
  if (!std::isfinite(share)) return "-";
  return fmt::format("{:.1f} %", share * 100);
}

std::string clock_text(Duration length) {
  const auto total = std::chrono::duration_cast<std::chrono::seconds>(length).count();
  const auto hours = total / 3600, minutes = total / 60 % 60, secs = total % 60;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, secs);
  return fmt::format("{}:{:02}", minutes, secs);
}

}  // namespace paragon
