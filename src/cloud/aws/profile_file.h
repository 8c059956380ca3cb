// AWS's shared files of profiles, ~/.aws/credentials and ~/.aws/config: parts in brackets with
// lines "name = value".
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace paragon::aws {

using ProfileFields = std::map<std::string, std::string>;  // names in lower case
using Profiles = std::map<std::string, ProfileFields>;

enum class ProfileFile {
  credentials,  // [name]
  config,       // [default] and [profile name]; other kinds of parts are passed over
  sessions,     // [sso-session name] of the config file; all others are passed over
};

// Pure. A part that comes twice is one; of a name that comes twice the last counts. Lines that
// begin with "#" or ";" are comments; indented lines belong to the name above (settings of other
// services) and are passed over. Errors: invalid, with `where` (the file's path) and the line, but
// never with what it says, which may be a key.
Result<Profiles> parse_profiles(std::string_view text, ProfileFile kind, const std::string& where);

}  // namespace paragon::aws
