// Bytes as text, where only text can go (RFC 4648).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace paragon {

// With padding, on one line.
std::string base64(std::string_view bytes);

// Takes both alphabets ("+/" and "-_"), line ends anywhere and missing padding, since clients send
// all of these; nothing when it is not base64.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace paragon
