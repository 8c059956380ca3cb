// What the client writes into the Host header: for those who sign it.
#pragma once

#include <string>

#include "wire/http_client.h"

namespace paragon::http {

// The host, in brackets when it is an IPv6 address, with the port unless it is the scheme's own;
// "localhost" for a socket's path.
std::string host_header(const Endpoint& endpoint);

}  // namespace paragon::http
