// Numbers for files: the fewest digits that read back as the same number, and no exponent as long
// as that is readable ("0.0000166667", where printing by default gives 1.66667e-05).
#pragma once

#include <charconv>
#include <cmath>
#include <string>

namespace paragon {

// Of a finite number.
inline std::string decimal_text(double value) {
  char digits[64];
  const double size = std::abs(value);
  const auto form = value == 0 || (size >= 1e-12 && size < 1e15) ? std::chars_format::fixed
                                                                 : std::chars_format::general;
  const auto [end, failure] = std::to_chars(digits, digits + sizeof digits, value, form);
  return {digits, failure == std::errc() ? end : digits};
}

}  // namespace paragon
