// Instance metadata, version 2: what an EC2 instance can ask about itself, with a session token
// that only who is on the instance can get. Pure: calls and readings; MetadataSession sends them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cloud/aws/credentials.h"
#include "cloud/aws/endpoint.h"
#include "wire/http_client.h"

namespace paragon::aws::metadata {

// AWS_EC2_METADATA_SERVICE_ENDPOINT, else its IPv6 address where
// AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is "IPv6", else http://169.254.169.254.
// Error: invalid, with the variable's name.
Result<http::Endpoint> endpoint(const Variables& variable);

// AWS_EC2_METADATA_DISABLED is "true", in whatever case.
bool disabled(const Variables& variable);

// Each answers within `timeout`; on an instance that is milliseconds, elsewhere nothing answers.
http::Client::Call token_call(Duration timeout);
http::Client::Call get_call(std::string path, const Secret& token, Duration timeout);

inline constexpr const char* kRolePath = "/latest/meta-data/iam/security-credentials/";
inline constexpr const char* kRegionPath = "/latest/meta-data/placement/region";
// Status 404 until the instance is to be taken away (spot).
inline constexpr const char* kSpotActionPath = "/latest/meta-data/spot/instance-action";

// What each answers. Errors: not_found (no role is attached), denied (the service is off or refuses
// the token), unavailable (not an answer of it, or the role's credentials could not be made).
Result<Secret> read_token(const http::Answer& answer);
Result<std::string> read_role(const http::Answer& answer);
Result<Credentials> read_credentials(const http::Answer& answer);
Result<std::string> read_region(const http::Answer& answer);

// That the instance will be taken away.
struct SpotAction {
  std::string action;  // "terminate", "stop" or "hibernate"
  Instant at;
  bool operator==(const SpotAction&) const = default;
};
Result<std::optional<SpotAction>> read_spot_action(const http::Answer& answer);

}  // namespace paragon::aws::metadata
