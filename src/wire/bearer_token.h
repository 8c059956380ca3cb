// Bearer tokens of requests (RFC 6750).
#pragma once

#include <string_view>

#include "wire/http.h"

namespace paragon::http {

// Whether the request carries the token. Takes a time that does not depend on how much of the token
// is right (its length is no secret).
bool carries_token(const Headers& headers, std::string_view token);

}  // namespace paragon::http
