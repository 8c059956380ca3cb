// A profile whose role_arn is taken on with other credentials: those of its source_profile, which
// may again be such a profile, or those that its credential_source names.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cloud/aws/credential_plan.h"
#include "cloud/aws/outside.h"
#include "cloud/aws/shared_profiles.h"

namespace paragon::aws {

// Whether the profile is one of that kind: it has a role_arn and no web identity.
bool has_role(const SharedProfiles& profiles, const std::string& profile);

struct RoleChain {
  DescribedOrigin first;            // whose credentials the first role is taken on with
  std::vector<RoleToAssume> roles;  // in the order in which they are taken on
};

// `profile` has_role(). A profile with keys ends a chain even if it has a role; one may name itself
// as source for its own keys. Errors: invalid (no source, or two; one without credentials; a
// circle; a duration that is no number), not_found (no such profile; nothing where
// credential_source points), unsupported (mfa_serial: nobody is there to type a code).
Result<RoleChain> role_chain(const SharedProfiles& profiles, const std::string& profile,
                             const Variables& variable);

}  // namespace paragon::aws
