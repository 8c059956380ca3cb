// The head of a response as bytes.
#pragma once

#include <string>

#include "wire/http.h"

namespace paragon::http {

// Ends with the empty line. Adds date and content-length (of the body, also where the body itself
// is not sent because the request was HEAD). Control characters in headers become spaces, so that
// what a handler copied from its input cannot add headers.
std::string response_head(const Response& response, bool keep_alive, bool http_1_0);

}  // namespace paragon::http
