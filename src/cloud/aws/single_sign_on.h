// IAM Identity Center (single sign-on): what `aws sso login` left, against a role's credentials at
// the portal. Pure: paths, requests and readings; credential_fetch sends them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cloud/aws/credential_plan.h"
#include "cloud/aws/request.h"

namespace paragon::aws::sso {

// The file of the login for a session's name, or (of profiles without a session) for a start URL.
std::string token_file(std::string_view home, std::string_view session_or_start_url);

// The access token in that file's text. Errors: denied (it has expired), invalid (no such file's
// text); both say how to log in again.
Result<Secret> read_token(const std::string& text, const SingleSignOn& login, Instant now);

// GetRoleCredentials, which is not signed: the token is the proof.
ServiceRequest request(const std::string& host, const SingleSignOn& login, const Secret& token);

// Errors: unavailable, when the answer is not what the portal sends.
Result<Credentials> read_credentials(const std::string& body);

// "run `aws sso login --profile work`"
std::string advice(const SingleSignOn& login);

}  // namespace paragon::aws::sso
