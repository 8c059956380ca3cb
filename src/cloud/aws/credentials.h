// What requests to AWS are signed with.
#pragma once

#include <optional>
#include <string>

#include "cloud/aws/instant.h"
#include "cloud/aws/secret.h"

namespace paragon::aws {

struct Credentials {
  std::string access_key_id;  // names the key; may be shown
  Secret secret_access_key;
  Secret session_token;            // empty for long-lived keys
  std::optional<Instant> expires;  // of keys that were lent for a time
};

}  // namespace paragon::aws
