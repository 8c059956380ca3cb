// Where credentials and region come from: AWS's standard chain, the first that is set up wins.
//
//  1. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN
//  2. web identity: AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, or the profile's
//     web_identity_token_file and role_arn
//  3. the profile's keys in the shared credentials file, then in the config file
//  4. the role of the instance this runs on, through instance metadata, unless
//     AWS_EC2_METADATA_DISABLED is "true"
//
// The profile is AWS_PROFILE, or "default"; the files are AWS_SHARED_CREDENTIALS_FILE and
// AWS_CONFIG_FILE, or ~/.aws/credentials and ~/.aws/config. The region is AWS_REGION,
// AWS_DEFAULT_REGION, or the profile's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "base/result.h"
#include "cloud/aws/credentials.h"
#include "cloud/aws/endpoint.h"

namespace paragon::aws {

// The world that the chain looks at, so that looking is pure.
struct Outside {
  Variables variable;
  // A file's text; none where there is no such file. Errors: denied, when it cannot be read.
  std::function<Result<std::optional<std::string>>(const std::string& path)> read;
};

// To be exchanged for credentials at the Security Token Service.
struct WebIdentity {
  std::string token_file;
  std::string role_arn;
  std::string session_name;
};

// To be asked for at instance metadata.
struct InstanceRole {};

struct CredentialPlan {
  std::variant<Credentials, WebIdentity, InstanceRole> from;
  std::string described;  // "profile 'default' in /home/a/.aws/credentials"; no secret
  std::string tried;      // what came before it in the chain and was not there
  std::string region;     // empty when nothing says one
};

// Errors: not_found (a profile was asked for that neither file has; nothing is set up: the message
// lists what was tried), invalid (half of a pair of keys; a file that cannot be parsed), denied (a
// file that cannot be read), unsupported (the profile wants a process, single sign-on or another
// profile's role).
Result<CredentialPlan> plan_credentials(const Outside& outside);

}  // namespace paragon::aws
