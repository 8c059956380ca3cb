// Keys that somebody wrote down: in the environment, or in a profile.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cloud/aws/credentials.h"
#include "cloud/aws/endpoint.h"
#include "cloud/aws/profile_file.h"

namespace paragon::aws {

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION. None when
// neither key is set. Errors: invalid (one of the two is missing; the expiration is no time).
Result<std::optional<Credentials>> keys_in_environment(const Variables& variable);

// A profile's aws_access_key_id, aws_secret_access_key and aws_session_token. `where` is for the
// complaint. None and errors as above.
Result<std::optional<Credentials>> keys_in_profile(const Profiles& profiles,
                                                   const std::string& profile,
                                                   const std::string& where);

}  // namespace paragon::aws
