#include "cloud/aws/key_pair.h"

#include <fmt/format.h>

#include "cloud/aws/shared_profiles.h"

namespace paragon::aws {
namespace {

struct Names {
  const char* id;
  const char* secret;
};

Result<std::optional<Credentials>> key_pair(const std::string& id, const std::string& secret,
                                            const std::string& token, const std::string& where,
                                            const Names& names) {
  if (id.empty() && secret.empty()) return std::optional<Credentials>();
  if (id.empty() || secret.empty()) {
    return Error{
        ErrorCode::invalid,
        fmt::format("{}: {} is set, but {} is not; set both or neither", where,
                    id.empty() ? names.secret : names.id, id.empty() ? names.id : names.secret)};
  }
  return std::optional(Credentials{id, Secret(secret), Secret(token), std::nullopt});
}

}  // namespace

Result<std::optional<Credentials>> keys_in_environment(const Variables& variable) {
  auto keys = key_pair(variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"),
                       variable("AWS_SESSION_TOKEN"), "the environment",
                       {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"});
  if (!keys || !keys->has_value()) return keys;
  if (const std::string until = variable("AWS_CREDENTIAL_EXPIRATION"); !until.empty()) {
    const auto expires = read_instant(until);
    if (!expires) {
      return Error{ErrorCode::invalid,
                   "the environment: AWS_CREDENTIAL_EXPIRATION: " + expires.error().message};
    }
    (*keys)->expires = *expires;
  }
  return keys;
}

Result<std::optional<Credentials>> keys_in_profile(const Profiles& profiles,
                                                   const std::string& profile,
                                                   const std::string& where) {
  return key_pair(field_of(profiles, profile, "aws_access_key_id"),
                  field_of(profiles, profile, "aws_secret_access_key"),
                  field_of(profiles, profile, "aws_session_token"), where,
                  {"aws_access_key_id", "aws_secret_access_key"});
}

}  // namespace paragon::aws
