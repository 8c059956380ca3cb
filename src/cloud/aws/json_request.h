// Requests to the services that speak JSON 1.1: one path, the action in a header, and the question
// as the body.
#pragma once

#include <string>

#include "cloud/aws/request.h"

namespace paragon::aws {

// `target` is like "ServiceQuotasV20190624.GetServiceQuota".
inline ServiceRequest json_request(std::string host, std::string target, std::string body) {
  ServiceRequest out;
  out.host = std::move(host);
  out.headers.add("Content-Type", "application/x-amz-json-1.1");
  out.headers.add("X-Amz-Target", std::move(target));
  out.body = std::move(body);
  return out;
}

}  // namespace paragon::aws
