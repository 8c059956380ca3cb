// The answer `{"error": "..."}` that every refusal has.
#pragma once

#include <string_view>

#include "wire/http.h"

namespace paragon::http {

Response error_answer(int status, std::string_view message);

}  // namespace paragon::http
