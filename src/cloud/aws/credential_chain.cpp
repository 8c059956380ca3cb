#include "cloud/aws/credential_chain.h"

#include <fmt/format.h>

#include <utility>

#include "cloud/aws/container_role.h"
#include "cloud/aws/instance_metadata.h"
#include "cloud/aws/key_pair.h"
#include "cloud/aws/profile_origin.h"
#include "cloud/aws/role_chain.h"
#include "cloud/aws/shared_profiles.h"

namespace paragon::aws {
namespace {

void find_region(const Variables& variable, const SharedProfiles& profiles,
                 const std::string& profile, CredentialPlan& plan) {
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    plan.region = variable(name);
    plan.region_from = name;
    if (!plan.region.empty()) return;
  }
  plan.region = profiles.field(profile, "region");
  plan.region_from = profiles.place_of(profile, "region");
}

CredentialPlan with_origin(CredentialPlan plan, DescribedOrigin origin) {
  plan.from = std::move(origin.from);
  plan.described = std::move(origin.described);
  return plan;
}

CredentialPlan with_roles(CredentialPlan plan, RoleChain chain) {
  plan = with_origin(std::move(plan), std::move(chain.first));
  for (const RoleToAssume& role : chain.roles)
    plan.described = fmt::format("role {}, taken on with {}", role.arn, plan.described);
  plan.roles = std::move(chain.roles);
  return plan;
}

}  // namespace

Result<CredentialPlan> plan_credentials(const Outside& outside) {
  const auto& variable = outside.variable;
  const auto profiles = read_shared_profiles(outside);
  if (!profiles) return profiles.error();
  const std::string asked = variable("AWS_PROFILE");
  const std::string profile = asked.empty() ? "default" : asked;
  if (!asked.empty() && !profiles->both.contains(asked)) {
    return Error{ErrorCode::not_found,
                 fmt::format("AWS profile '{}' (AWS_PROFILE) is neither in {} nor in {}", asked,
                             profiles->credentials_path, profiles->config_path)};
  }
  CredentialPlan plan;
  find_region(variable, *profiles, profile, plan);

  auto keys = keys_in_environment(variable);
  if (!keys) return keys.error();
  if (*keys) return with_origin(plan, {std::move(**keys), "AWS_ACCESS_KEY_ID in the environment"});

  if (has_role(*profiles, profile)) {
    auto chain = role_chain(*profiles, profile, variable);
    if (!chain) return chain.error();
    return with_roles(plan, std::move(*chain));
  }

  auto origin = origin_of_profile(*profiles, profile, &variable);
  if (!origin) return origin.error();
  if (*origin) return with_origin(plan, std::move(**origin));

  auto role = container::role_in_environment(variable);
  if (!role) return role.error();
  if (*role) return with_origin(plan, std::move(**role));

  plan.tried = fmt::format(
      "AWS_ACCESS_KEY_ID is not set, no web identity token is set, profile '{}' has no credentials "
      "in {} or {}, no container's endpoint is set",
      profile, profiles->credentials_path, profiles->config_path);
  if (!metadata::disabled(variable))
    return with_origin(plan, {InstanceRole{}, "the instance's role"});
  return Error{ErrorCode::not_found,
               "no AWS credentials: " + plan.tried +
                   ", and instance metadata is disabled (AWS_EC2_METADATA_DISABLED); set one of "
                   "them, or run `aws configure`"};
}

}  // namespace paragon::aws
