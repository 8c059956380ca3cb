// How many classes a client asks for. The gateway and the worker read it alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "wire/http.h"
#include "wire/oip.h"

namespace paragon::oip {

// Nothing: it is no whole number, or has something behind it.
std::optional<std::int64_t> whole_number(std::string_view text);

// The parameter top_k, else the header x-paragon-top-k; nothing: neither is there. Errors: invalid,
// when what is there is not a whole number of at least 1.
Result<std::optional<std::size_t>> asked_top_k(const Parameters& parameters,
                                               const http::Headers& headers);

}  // namespace paragon::oip
