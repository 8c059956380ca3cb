#include "cloud/aws/credential_chain.h"

#include <fmt/format.h>

#include "cloud/aws/profile_file.h"

namespace paragon::aws {
namespace {

constexpr const char* kSessionName = "paragon";

struct Files {
  std::string credentials_path;
  std::string config_path;
  std::string profile;
  bool profile_asked = false;  // rather than "default" by default
  ProfileFields credentials;
  ProfileFields config;
  bool found = false;
};

std::string either(const std::string& first, const std::string& second) {
  return first.empty() ? second : first;
}

std::string field(const ProfileFields& fields, const char* name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : found->second;
}

// The part about the profile in one of the files; empty where there is no file or no such part.
Result<ProfileFields> read_part(const Outside& outside, const std::string& path, ProfileFile kind,
                                const std::string& profile, bool& found) {
  const auto text = outside.read(path);
  if (!text) return text.error();
  if (!text->has_value()) return ProfileFields();
  auto profiles = parse_profiles(**text, kind, path);
  if (!profiles) return profiles.error();
  const auto part = profiles->find(profile);
  if (part == profiles->end()) return ProfileFields();
  found = true;
  return part->second;
}

Result<Files> read_files(const Outside& outside) {
  Files out;
  const std::string home = outside.variable("HOME");
  out.credentials_path =
      either(outside.variable("AWS_SHARED_CREDENTIALS_FILE"), home + "/.aws/credentials");
  out.config_path = either(outside.variable("AWS_CONFIG_FILE"), home + "/.aws/config");
  for (std::string* path : {&out.credentials_path, &out.config_path}) {
    if (path->starts_with("~/")) *path = home + path->substr(1);
  }
  out.profile = outside.variable("AWS_PROFILE");
  out.profile_asked = !out.profile.empty();
  if (!out.profile_asked) out.profile = "default";

  auto credentials =
      read_part(outside, out.credentials_path, ProfileFile::credentials, out.profile, out.found);
  if (!credentials) return credentials.error();
  auto config = read_part(outside, out.config_path, ProfileFile::config, out.profile, out.found);
  if (!config) return config.error();
  out.credentials = std::move(*credentials);
  out.config = std::move(*config);
  return out;
}

// A pair of keys, or none when neither is set. `where` and the names are for the complaint.
Result<std::optional<Credentials>> key_pair(const std::string& id, const std::string& secret,
                                            const std::string& token, const std::string& where,
                                            const char* id_name, const char* secret_name) {
  if (id.empty() && secret.empty()) return std::optional<Credentials>();
  if (id.empty() || secret.empty()) {
    return Error{
        ErrorCode::invalid,
        fmt::format("{}: {} is set, but {} is not; set both or neither", where,
                    id.empty() ? secret_name : id_name, id.empty() ? id_name : secret_name)};
  }
  return std::optional(Credentials{id, Secret(secret), Secret(token), std::nullopt});
}

Result<std::optional<Credentials>> key_pair_in(const ProfileFields& fields,
                                               const std::string& where) {
  return key_pair(field(fields, "aws_access_key_id"), field(fields, "aws_secret_access_key"),
                  field(fields, "aws_session_token"), where, "aws_access_key_id",
                  "aws_secret_access_key");
}

// What a profile may ask for that we cannot do. Taking other keys instead would act for somebody
// else than the user meant.
Status check_supported(const Files& files) {
  for (const ProfileFields* fields : {&files.config, &files.credentials}) {
    for (const char* name : {"credential_process", "sso_session", "sso_start_url", "source_profile",
                             "credential_source", "login_session"}) {
      if (!field(*fields, name).empty()) {
        return {ErrorCode::unsupported,
                fmt::format("AWS profile '{}' in {} uses {}, which is not supported; put keys into "
                            "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, as "
                            "`aws configure export-credentials` prints them",
                            files.profile,
                            fields == &files.config ? files.config_path : files.credentials_path,
                            name)};
      }
    }
  }
  return {};
}

Result<std::optional<WebIdentity>> web_identity(const Outside& outside, const Files& files) {
  WebIdentity out;
  out.token_file = outside.variable("AWS_WEB_IDENTITY_TOKEN_FILE");
  out.role_arn = outside.variable("AWS_ROLE_ARN");
  out.session_name = either(outside.variable("AWS_ROLE_SESSION_NAME"), kSessionName);
  std::string where = "the environment: AWS_WEB_IDENTITY_TOKEN_FILE";
  if (out.token_file.empty()) {
    for (const ProfileFields* fields : {&files.config, &files.credentials}) {
      if (field(*fields, "web_identity_token_file").empty()) continue;
      out.token_file = field(*fields, "web_identity_token_file");
      out.role_arn = field(*fields, "role_arn");
      out.session_name = either(field(*fields, "role_session_name"), kSessionName);
      where = "profile '" + files.profile + "': web_identity_token_file";
      break;
    }
  }
  if (out.token_file.empty()) return std::optional<WebIdentity>();
  if (out.role_arn.empty()) {
    return Error{ErrorCode::invalid, where + " is set, but not the ARN of the role to take on"};
  }
  return std::optional(std::move(out));
}

}  // namespace

Result<CredentialPlan> plan_credentials(const Outside& outside) {
  const auto& variable = outside.variable;
  auto files = read_files(outside);
  if (!files) return files.error();
  CredentialPlan plan;
  plan.region = either(either(variable("AWS_REGION"), variable("AWS_DEFAULT_REGION")),
                       either(field(files->config, "region"), field(files->credentials, "region")));
  const auto found = [&](auto from, std::string described) -> Result<CredentialPlan> {
    plan.from = std::move(from);
    plan.described = std::move(described);
    return std::move(plan);
  };

  auto keys = key_pair(variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"),
                       variable("AWS_SESSION_TOKEN"), "the environment", "AWS_ACCESS_KEY_ID",
                       "AWS_SECRET_ACCESS_KEY");
  if (!keys) return keys.error();
  if (*keys) return found(std::move(**keys), "AWS_ACCESS_KEY_ID in the environment");
  plan.tried = "AWS_ACCESS_KEY_ID is not set";

  auto identity = web_identity(outside, *files);
  if (!identity) return identity.error();
  if (*identity) {
    return found(**identity, fmt::format("web identity token {} for role {}",
                                         (*identity)->token_file, (*identity)->role_arn));
  }
  plan.tried += ", no web identity token is set";

  if (files->profile_asked && !files->found) {
    return Error{ErrorCode::not_found,
                 fmt::format("AWS profile '{}' (AWS_PROFILE) is neither in {} nor in {}",
                             files->profile, files->credentials_path, files->config_path)};
  }
  if (auto supported = check_supported(*files); !supported) return supported.error();
  for (const auto& [fields, path] : {std::pair(&files->credentials, &files->credentials_path),
                                     std::pair(&files->config, &files->config_path)}) {
    const std::string where = fmt::format("profile '{}' in {}", files->profile, *path);
    keys = key_pair_in(*fields, where);
    if (!keys) return keys.error();
    if (*keys) return found(std::move(**keys), where);
  }
  plan.tried += fmt::format(", no keys of profile '{}' are in {} or {}", files->profile,
                            files->credentials_path, files->config_path);

  if (variable("AWS_EC2_METADATA_DISABLED") != "true") {
    return found(InstanceRole{}, "the instance's role");
  }
  return Error{ErrorCode::not_found,
               "no AWS credentials: " + plan.tried +
                   ", and instance metadata is disabled (AWS_EC2_METADATA_DISABLED); set one of "
                   "them, or run `aws configure`"};
}

}  // namespace paragon::aws
