// Writing JSON by hand where building a document would cost more than the answer: strings with
// escapes, numbers that read back to the same value.
#pragma once

#include <string>
#include <string_view>

namespace paragon::json {

void append_string(std::string& out,
                   std::string_view text);            // with quotes; invalid UTF-8 -> U+FFFD
void append_number(std::string& out, double number);  // shortest; non-finite -> null
void append_float(std::string& out, float number);    // shortest that is the same float

// Whether append_string would give the text back unchanged to whoever parses it.
bool is_utf8(std::string_view text);

}  // namespace paragon::json
