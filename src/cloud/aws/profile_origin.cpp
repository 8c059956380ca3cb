#include "cloud/aws/profile_origin.h"

#include <fmt/format.h>

#include <utility>

#include "cloud/aws/command_words.h"
#include "cloud/aws/key_pair.h"
#include "cloud/aws/single_sign_on.h"

namespace paragon::aws {
namespace {

using Found = Result<std::optional<DescribedOrigin>>;

Found found(CredentialOrigin from, std::string described) {
  return std::optional(DescribedOrigin{std::move(from), std::move(described)});
}

Found nothing() { return std::optional<DescribedOrigin>(); }

class OneProfile {
 public:
  OneProfile(const SharedProfiles& profiles, const std::string& name, const Variables* environment)
      : profiles_(profiles), name_(name), environment_(environment) {}

  Found web_identity() const {
    WebIdentity out;
    out.token_file = either("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
    if (out.token_file.empty()) return nothing();
    out.role_arn = either("AWS_ROLE_ARN", "role_arn");
    out.session_name = either("AWS_ROLE_SESSION_NAME", "role_session_name");
    if (out.session_name.empty()) out.session_name = kSessionName;
    if (out.role_arn.empty()) {
      return Error{ErrorCode::invalid,
                   fmt::format("the web identity token file {} is set, but not the ARN of the role "
                               "to take on; set AWS_ROLE_ARN, or role_arn of profile '{}'",
                               out.token_file, name_)};
    }
    std::string described =
        fmt::format("web identity token {} for role {}", out.token_file, out.role_arn);
    return found(std::move(out), std::move(described));
  }

  Found single_sign_on() const {
    if (field("sso_account_id").empty() && field("sso_role_name").empty()) return nothing();
    const std::string session = field("sso_session");
    if (!session.empty() && !profiles_.sessions.contains(session)) {
      return Error{ErrorCode::not_found,
                   fmt::format("{} names the sso_session '{}', which {} does not have; run `aws "
                               "configure sso`",
                               where("sso_session"), session, profiles_.config_path)};
    }
    SingleSignOn out;
    out.profile = name_;
    std::string start_url;
    for (const auto& [name, into] :
         {std::pair("sso_account_id", &out.account_id), std::pair("sso_role_name", &out.role_name),
          std::pair("sso_start_url", &start_url), std::pair("sso_region", &out.region)}) {
      *into = field(name);
      const std::string of_session = field_of(profiles_.sessions, session, name);
      if (!into->empty() && !of_session.empty() && *into != of_session) {
        return Error{ErrorCode::invalid,
                     fmt::format("{} says another {} than its sso_session '{}'; take it out of one",
                                 where(name), name, session)};
      }
      if (into->empty()) *into = of_session;
      if (into->empty()) {
        return Error{
            ErrorCode::invalid,
            fmt::format(
                "profile '{}' is for single sign-on, but has no {}; run `aws configure sso`", name_,
                name)};
      }
    }
    out.token_file = sso::token_file(profiles_.home, session.empty() ? start_url : session);
    std::string described = fmt::format("single sign-on as {} in account {} (profile '{}')",
                                        out.role_name, out.account_id, name_);
    return found(std::move(out), std::move(described));
  }

  Found keys(const Profiles& file, const std::string& path) const {
    std::string place = fmt::format("profile '{}' in {}", name_, path);
    auto keys = keys_in_profile(file, name_, place);
    if (!keys) return keys.error();
    if (!keys->has_value()) return nothing();
    return found(std::move(**keys), std::move(place));
  }

  Found process() const {
    const std::string command = field("credential_process");
    if (command.empty()) return nothing();
    auto words = command_words(command);
    const std::string place = "credential_process of " + where("credential_process");
    if (!words) return Error{words.error().code, place + ": " + words.error().message};
    return found(CredentialProcess{std::move(*words)}, place);
  }

  Found login() const {
    if (field("login_session").empty()) return nothing();
    return Error{ErrorCode::unsupported,
                 fmt::format("{} uses the session of `aws login`, which is not read here; set its "
                             "keys in the environment, as `aws configure export-credentials "
                             "--profile {} --format env` prints them",
                             where("login_session"), name_)};
  }

 private:
  std::string field(const char* name) const { return profiles_.field(name_, name); }
  std::string either(const char* variable, const char* name) const {
    const std::string value = environment_ ? (*environment_)(variable) : std::string();
    return value.empty() ? field(name) : value;
  }
  std::string where(const char* name) const { return profiles_.place_of(name_, name); }

  const SharedProfiles& profiles_;
  const std::string& name_;
  const Variables* environment_;
};

}  // namespace

Result<std::optional<DescribedOrigin>> origin_of_profile(const SharedProfiles& profiles,
                                                         const std::string& profile,
                                                         const Variables* environment) {
  const OneProfile one(profiles, profile, environment);
  auto origin = one.web_identity();
  const auto otherwise = [&origin](auto next) {
    if (origin && !origin->has_value()) origin = next();
  };
  otherwise([&] { return one.single_sign_on(); });
  otherwise([&] { return one.keys(profiles.credentials, profiles.credentials_path); });
  otherwise([&] { return one.login(); });
  otherwise([&] { return one.process(); });
  otherwise([&] { return one.keys(profiles.config, profiles.config_path); });
  return origin;
}

}  // namespace paragon::aws
