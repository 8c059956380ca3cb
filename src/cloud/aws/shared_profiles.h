// The profiles of both of AWS's shared files, ~/.aws/credentials and ~/.aws/config, as one.
#pragma once

#include <string>

#include "base/result.h"
#include "cloud/aws/outside.h"
#include "cloud/aws/profile_file.h"

namespace paragon::aws {

struct SharedProfiles {
  std::string home;
  std::string credentials_path;
  std::string config_path;
  Profiles credentials;  // as in the one file
  Profiles config;       // as in the other
  Profiles both;         // where both say something, the credentials file counts
  Profiles sessions;     // [sso-session NAME] of the config file

  // Of `both`; empty when the profile, or that field of it, is not there.
  std::string field(const std::string& profile, const char* name) const;
  // The path of the file that says it, where one does.
  const std::string& path_of(const std::string& profile, const char* name) const;
  // For messages: the profile, and that file.
  std::string place_of(const std::string& profile, const char* name) const;
};

// Of one profile; empty when it is not there.
std::string field_of(const Profiles& profiles, const std::string& profile, const char* name);

// From AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE, or ~/.aws/credentials and ~/.aws/config.
// A file that is not there is an empty one. Errors: denied (a file that cannot be read), invalid
// (one that cannot be parsed; the message names the line and not what it says).
Result<SharedProfiles> read_shared_profiles(const Outside& outside);

}  // namespace paragon::aws
