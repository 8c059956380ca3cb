// The Security Token Service: a web identity token, or credentials, against those of a role. Pure.
#pragma once

#include <optional>
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
  std::string session_name;  // 2 to 64 of letters, digits and "_+=,.@-"
  Secret token;
};

// AssumeRole, which is signed with the credentials that are there already.
struct AssumeRole {
  std::string role_arn;
  std::string session_name;       // as above
  std::string external_id;        // 2 to 1224 characters; empty: none
  std::optional<int> duration_s;  // 900 to 43200; none: 3600
};

// Errors: invalid (no role's ARN, a wrong session name, an empty token, a wrong duration).
Result<ServiceRequest> request(const std::string& host, const AssumeRoleWithWebIdentity& order);
Result<ServiceRequest> request(const std::string& host, const AssumeRole& order);

// What either answers. Errors: unavailable, when it is not what AWS sends.
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
