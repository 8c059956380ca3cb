// The Security Token Service: a web identity token against credentials. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cloud/aws/credentials.h"
#include "cloud/aws/request.h"

namespace paragon::aws::sts {

// AssumeRoleWithWebIdentity, which is not signed: the token itself is the proof, so the body is as
// secret as a key. An hour's credentials.
struct AssumeRoleWithWebIdentity {
  std::string role_arn;
  std::string session_name;  // 2 to 64 of letters, digits and "_=,.@-"
  Secret token;
};

// Errors: invalid (no role's ARN, a wrong session name, an empty token).
Result<ServiceRequest> request(const std::string& host, const AssumeRoleWithWebIdentity& order);

// Errors: unavailable, when the answer is not what AWS sends.
Result<Credentials> read_credentials(std::string_view xml);

// GetCallerIdentity: whose credentials these are. Needs no permission.
struct GetCallerIdentity {};
ServiceRequest request(const std::string& host, GetCallerIdentity question);

struct Caller {
  std::string account;
  std::string arn;
};
Result<Caller> read_caller(std::string_view xml);

}  // namespace paragon::aws::sts
