// The credentials that one profile holds or leads to by itself, without other profiles: the first
// of these that it has
//
//  1. web_identity_token_file and role_arn
//  2. sso_account_id and sso_role_name, with sso_session, or with sso_start_url and sso_region
//  3. keys in the credentials file
//  4. credential_process
//  5. keys in the config file
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cloud/aws/credential_plan.h"
#include "cloud/aws/outside.h"
#include "cloud/aws/shared_profiles.h"

namespace paragon::aws {

// How sessions of roles are called where nobody names them.
inline constexpr const char* kSessionName = "paragon";

// None where the profile has nothing of all that. `environment`: AWS_WEB_IDENTITY_TOKEN_FILE,
// AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME go before the profile's own; null for a profile that
// another one names. Errors: invalid (half of what is needed, with the field's name), not_found (an
// sso_session that the config file does not have), unsupported (`aws login`).
Result<std::optional<DescribedOrigin>> origin_of_profile(const SharedProfiles& profiles,
                                                         const std::string& profile,
                                                         const Variables* environment);

}  // namespace paragon::aws
