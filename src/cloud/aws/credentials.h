// What requests to AWS are signed with.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cloud/aws/instant.h"
#include "cloud/aws/secret.h"

namespace paragon::aws {

struct Credentials {
  std::string access_key_id;  // names the key; may be shown
  Secret secret_access_key;
  Secret session_token;            // empty for long-lived keys
  std::optional<Instant> expires;  // of keys that were lent for a time
};

// Of an answer that lends keys, which must have all four; none where one is missing.
inline std::optional<Credentials> lent_credentials(const std::string& access_key_id,
                                                   const std::string& secret_access_key,
                                                   const std::string& session_token,
                                                   const Result<Instant>& expires) {
  if (access_key_id.empty() || secret_access_key.empty() || session_token.empty() || !expires)
    return std::nullopt;
  return Credentials{access_key_id, Secret(secret_access_key), Secret(session_token), *expires};
}

}  // namespace paragon::aws
