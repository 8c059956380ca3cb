// What a profile's credential_process prints: JSON of version 1.
#pragma once

#include <string>

#include "base/result.h"
#include "cloud/aws/credentials.h"

namespace paragon::aws {

// Keys that have no Expiration last. Pure. Errors: invalid (no JSON, another version, no whole
// keys, an Expiration that is no time); the text is not in the message.
Result<Credentials> read_process_answer(const std::string& text);

}  // namespace paragon::aws
