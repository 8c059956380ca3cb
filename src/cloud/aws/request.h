// A request to an AWS service before it is signed and sent.
#pragma once

#include <string>

#include "cloud/aws/encode.h"
#include "wire/http.h"

namespace paragon::aws {

struct ServiceRequest {
  http::Method method = http::Method::post;
  std::string host;        // as the Host header has it: with the port unless it is the scheme's own
  std::string path = "/";  // as sent: percent-encoded once
  Pairs query;             // decoded
  http::Headers headers;   // beside Host; Content-Type belongs here
  std::string body;
};

// "GET"; null for `other`.
const char* method_name(http::Method method);

// Path and query as sent. The query is sorted, so what is sent is what was signed.
std::string target(const ServiceRequest& request);

}  // namespace paragon::aws
