#include "wire/base64.h"

#include <array>
#include <cstdint>

namespace paragon {
namespace {

constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum : std::uint8_t { kLineEnd = 64, kOther = 65 };  // beside the values 0 to 63

constexpr std::array<std::uint8_t, 256> table() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kOther);
  for (std::uint8_t i = 0; i < 64; ++i) values[static_cast<unsigned char>(kDigits[i])] = i;
  values['-'] = 62;
  values['_'] = 63;
  values['\n'] = values['\r'] = kLineEnd;
  return values;
}
constexpr auto kValues = table();

std::uint8_t value(char c) { return kValues[static_cast<unsigned char>(c)]; }

}  // namespace

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4, '=');
  char* to = out.data();
  const auto byte = [&](std::size_t i) {
    return std::uint32_t{static_cast<unsigned char>(bytes[i])};
  };
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    *to++ = kDigits[bits >> 18];
    *to++ = kDigits[bits >> 12 & 63];
    *to++ = kDigits[bits >> 6 & 63];
    *to++ = kDigits[bits & 63];
  }
  if (i < bytes.size()) {
    const bool two = i + 2 == bytes.size();
    const std::uint32_t bits = byte(i) << 16 | (two ? byte(i + 1) << 8 : 0);
    *to++ = kDigits[bits >> 18];
    *to++ = kDigits[bits >> 12 & 63];
    if (two) *to++ = kDigits[bits >> 6 & 63];
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  while (!text.empty() && (text.back() == '=' || value(text.back()) == kLineEnd)) {
    text.remove_suffix(1);
  }
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t bits = 0;
  int held = 0;  // digits in `bits`
  for (const char c : text) {
    const std::uint8_t digit = value(c);
    if (digit == kLineEnd) continue;
    if (digit == kOther) return std::nullopt;
    bits = bits << 6 | digit;
    if (++held < 4) continue;
    const char group[] = {static_cast<char>(bits >> 16), static_cast<char>(bits >> 8),
                          static_cast<char>(bits)};
    bytes.append(group, 3);
    bits = 0;
    held = 0;
  }
  if (held == 1) return std::nullopt;  // six bits are no byte
  if (held >= 2) bytes += static_cast<char>(bits >> (held == 2 ? 4 : 10));
  if (held == 3) bytes += static_cast<char>(bits >> 2);
  return bytes;
}

}  // namespace paragon
