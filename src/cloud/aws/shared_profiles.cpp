#include "cloud/aws/shared_profiles.h"

#include <fmt/format.h>

#include <utility>

namespace paragon::aws {
namespace {

// The file that the variable names, else the usual one of the user's.
std::string path_from(const Outside& outside, const char* variable, const std::string& home,
                      const char* usual) {
  std::string path = outside.variable(variable);
  if (path.empty()) return home + usual;
  return path.starts_with("~/") ? home + path.substr(1) : path;
}

Result<std::string> text_of(const Outside& outside, const std::string& path) {
  auto text = outside.read(path);
  if (!text) return text.error();
  return text->value_or(std::string());
}

}  // namespace

std::string field_of(const Profiles& profiles, const std::string& profile, const char* name) {
  const auto fields = profiles.find(profile);
  if (fields == profiles.end()) return {};
  const auto found = fields->second.find(name);
  return found == fields->second.end() ? std::string() : found->second;
}

std::string SharedProfiles::field(const std::string& profile, const char* name) const {
  return field_of(both, profile, name);
}

const std::string& SharedProfiles::path_of(const std::string& profile, const char* name) const {
  return field_of(credentials, profile, name).empty() ? config_path : credentials_path;
}

std::string SharedProfiles::place_of(const std::string& profile, const char* name) const {
  return fmt::format("profile '{}' in {}", profile, path_of(profile, name));
}

Result<SharedProfiles> read_shared_profiles(const Outside& outside) {
  SharedProfiles out;
  out.home = outside.variable("HOME");
  out.credentials_path =
      path_from(outside, "AWS_SHARED_CREDENTIALS_FILE", out.home, "/.aws/credentials");
  out.config_path = path_from(outside, "AWS_CONFIG_FILE", out.home, "/.aws/config");
  const auto credentials = text_of(outside, out.credentials_path);
  if (!credentials) return credentials.error();
  const auto config = text_of(outside, out.config_path);
  if (!config) return config.error();
  for (const auto& [text, kind, path, into] :
       {std::tuple(&*credentials, ProfileFile::credentials, &out.credentials_path,
                   &out.credentials),
        std::tuple(&*config, ProfileFile::config, &out.config_path, &out.config),
        std::tuple(&*config, ProfileFile::sessions, &out.config_path, &out.sessions)}) {
    auto profiles = parse_profiles(*text, kind, *path);
    if (!profiles) return profiles.error();
    *into = std::move(*profiles);
  }
  out.both = out.config;
  for (const auto& [name, fields] : out.credentials) {
    for (const auto& [key, value] : fields) out.both[name][key] = value;
  }
  return out;
}

}  // namespace paragon::aws
