// UTF-8, as far as it must be told from other bytes.
#pragma once

#include <cstddef>
#include <string_view>

namespace paragon {

// Bytes of the well-formed sequence that `text`, which is not empty, begins with; 0 when it begins
// with none (Unicode 15, table 3-7: no overlong forms, no surrogates, nothing beyond U+10FFFF).
std::size_t utf8_length(std::string_view text);

}  // namespace paragon
