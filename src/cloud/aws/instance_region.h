// The region of the instance that this program runs on.
#pragma once

#include <string>

#include "base/result.h"
#include "cloud/aws/endpoint.h"

namespace paragon::aws {

// Asks instance metadata and waits for the answer, a second at most: for the start of a program.
// Errors: unsupported (AWS_EC2_METADATA_DISABLED), invalid (its endpoint), as instance metadata.
Result<std::string> region_of_instance(const Variables& variable);

}  // namespace paragon::aws
