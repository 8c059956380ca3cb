#include "cloud/aws/role_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "cloud/aws/container_role.h"
#include "cloud/aws/key_pair.h"
#include "cloud/aws/profile_origin.h"

namespace paragon::aws {
namespace {

bool has_keys(const SharedProfiles& profiles, const std::string& profile) {
  return !profiles.field(profile, "aws_access_key_id").empty() ||
         !profiles.field(profile, "aws_secret_access_key").empty();
}

Result<RoleToAssume> role_of(const SharedProfiles& profiles, const std::string& profile) {
  const auto field = [&](const char* name) { return profiles.field(profile, name); };
  const auto where = [&](const char* name) {
    return fmt::format("{}: {}", profiles.place_of(profile, name), name);
  };
  if (!field("mfa_serial").empty()) {
    return Error{ErrorCode::unsupported,
                 fmt::format("{} asks for a one-time code, which a server cannot type; set keys in "
                             "the environment, as `aws configure export-credentials --profile {} "
                             "--format env` prints them",
                             where("mfa_serial"), profile)};
  }
  RoleToAssume role{field("role_arn"), field("role_session_name"), field("external_id")};
  if (role.session_name.empty()) role.session_name = kSessionName;
  if (const std::string text = field("duration_seconds"); !text.empty()) {
    int seconds = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (failed != std::errc() || end != text.data() + text.size()) {
      return Error{ErrorCode::invalid,
                   fmt::format("{} is '{}', not a number of seconds from 900 to 43200",
                               where("duration_seconds"), text)};
    }
    role.duration_s = seconds;
  }
  return role;
}

// What credential_source may name.
Result<DescribedOrigin> named_source(const std::string& source, const std::string& where,
                                     const Variables& variable) {
  const auto nothing = [&](const char* names) {
    return Error{ErrorCode::not_found,
                 fmt::format("{} is {}, but {} is not set", where, source, names)};
  };
  if (source == "Ec2InstanceMetadata")
    return DescribedOrigin{InstanceRole{}, "the instance's role"};
  if (source == "EcsContainer") {
    auto role = container::role_in_environment(variable);
    if (!role) return role.error();
    if (role->has_value()) return std::move(**role);
    return nothing("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI");
  }
  if (source == "Environment") {
    auto keys = keys_in_environment(variable);
    if (!keys) return keys.error();
    if (keys->has_value())
      return DescribedOrigin{std::move(**keys), "AWS_ACCESS_KEY_ID in the environment"};
    return nothing("AWS_ACCESS_KEY_ID");
  }
  return Error{ErrorCode::invalid, fmt::format("{} is '{}', which is none of Environment, "
                                               "Ec2InstanceMetadata and EcsContainer",
                                               where, source)};
}

}  // namespace

bool has_role(const SharedProfiles& profiles, const std::string& profile) {
  return !profiles.field(profile, "role_arn").empty() &&
         profiles.field(profile, "web_identity_token_file").empty();
}

Result<RoleChain> role_chain(const SharedProfiles& profiles, const std::string& profile,
                             const Variables& variable) {
  RoleChain chain;
  std::vector<std::string> seen = {profile};
  // From the profile that is asked for to the one that has credentials of its own.
  while (true) {
    const std::string at = seen.back();
    auto role = role_of(profiles, at);
    if (!role) return role.error();
    chain.roles.insert(chain.roles.begin(), std::move(*role));
    const auto where = [&](const char* name) {
      return fmt::format("{}: {}", profiles.place_of(at, name), name);
    };
    const std::string named = profiles.field(at, "credential_source");
    const std::string source = profiles.field(at, "source_profile");
    if (named.empty() == source.empty()) {
      return Error{ErrorCode::invalid,
                   fmt::format("{} needs {} source_profile {} credential_source", where("role_arn"),
                               named.empty() ? "a" : "one of", named.empty() ? "or a" : "and")};
    }
    if (!named.empty()) {
      auto first = named_source(named, where("credential_source"), variable);
      if (!first) return first.error();
      chain.first = std::move(*first);
      return chain;
    }
    if (!profiles.both.contains(source)) {
      return Error{
          ErrorCode::not_found,
          fmt::format("{} is '{}', which is neither in {} nor in {}", where("source_profile"),
                      source, profiles.credentials_path, profiles.config_path)};
    }
    const bool keys = has_keys(profiles, source);
    const bool again = std::find(seen.begin(), seen.end(), source) != seen.end();
    if (again && !(source == at && keys)) {
      return Error{ErrorCode::invalid,
                   fmt::format("{} goes round in a circle: {} > {}", where("source_profile"),
                               fmt::join(seen, " > "), source)};
    }
    if (keys || !has_role(profiles, source)) {
      auto first = origin_of_profile(profiles, source, nullptr);
      if (!first) return first.error();
      if (!first->has_value()) {
        return Error{ErrorCode::invalid, fmt::format("{} is '{}', which has no credentials",
                                                     where("source_profile"), source)};
      }
      chain.first = std::move(**first);
      return chain;
    }
    seen.push_back(source);
  }
}

}  // namespace paragon::aws
