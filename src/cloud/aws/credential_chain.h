// Where credentials and region come from: AWS's standard chain, the first that is set up wins.
//
//  1. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN
//  2. the profile's role_arn, taken on with those of source_profile or credential_source
//  3. web identity: AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, or the profile's
//     web_identity_token_file and role_arn
//  4. the rest of the profile (profile_origin.h): single sign-on, keys, credential_process
//  5. AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI
//  6. the role of the instance this runs on, through instance metadata, unless
//     AWS_EC2_METADATA_DISABLED is "true"
//
// The profile is AWS_PROFILE, or "default". The region is AWS_REGION, AWS_DEFAULT_REGION, or the
// profile's. The reference is botocore, beside which tests/aws puts it.
#pragma once

#include "base/result.h"
#include "cloud/aws/credential_plan.h"
#include "cloud/aws/outside.h"

namespace paragon::aws {

// Pure but for what it reads. Errors: not_found (a profile is named that neither file has; nothing
// is set up: the message lists what was tried), invalid (half of a pair of keys; a file that cannot
// be parsed; a profile that says half of what it means, or whose sources go round in a circle),
// denied (a file that cannot be read), unsupported (the profile wants a one-time code, or the
// session of `aws login`).
Result<CredentialPlan> plan_credentials(const Outside& outside);

}  // namespace paragon::aws
