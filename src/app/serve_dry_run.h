// paragon serve --dry-run on AWS: what would be ordered, call by call, and nothing sent.
#pragma once

#include "base/result.h"
#include "serve/config.h"

namespace paragon {

// Prints on standard output the order of a machine of each offer, then the making of each function,
// as the configuration's cloud would send them. Errors: as what it is read from; unsupported for a
// cloud that sends no calls.
Status dry_run(const ServeConfig& config);

}  // namespace paragon
