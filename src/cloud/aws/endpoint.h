// Where a service of AWS answers.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "wire/http_client.h"

namespace paragon::aws {

// Values of environment variables; empty when not set. Whoever has an environment passes it in.
using Variables = std::function<std::string(const std::string& name)>;

struct ServiceEndpoint {
  http::Endpoint endpoint;
  std::string host;  // as the Host header of requests to it has it, which is signed
};

// In the order of AWS's own clients: AWS_ENDPOINT_URL_<SERVICE> (AWS_ENDPOINT_URL_EC2), then
// AWS_ENDPOINT_URL, both unless AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is "true", then
// https://<service>.<region>.<the partition's domain>, for ordinary, China, GovCloud, European
// sovereign and isolated regions. AWS_CA_BUNDLE names the authorities for TLS, if set.
// `service` is AWS's own short name: "ec2", "lambda", "sts", "servicequotas", "pricing", "sso".
// Errors: invalid (no region, one that is not letters, digits and "-", an override that is no URL
// of a host; the message names the variable).
Result<ServiceEndpoint> service_endpoint(const std::string& service, const std::string& region,
                                         const Variables& variable);

}  // namespace paragon::aws
