// Bodies sent with content-encoding gzip or deflate.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace paragon::http {

enum class Coding { identity, gzip, deflate };  // content-encoding

// Inflates at most `bytes_max`: insufficient_capacity when there is more (413), invalid when the
// data is damaged or ends early. gzip may have several members. "deflate" takes the zlib format,
// which the standard means, and bare deflate data, which some clients send.
Result<std::string> inflate(Coding coding, std::string_view data, std::size_t bytes_max);

}  // namespace paragon::http
