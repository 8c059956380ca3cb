// The configuration file as commands take it: paths in it mean what they mean beside the file, and
// what it leaves open is the shipped default.
#pragma once

#include <string>

#include "serve/config.h"

namespace paragon {

// `file` empty: the defaults. Errors as load_config; not_found when the shipped catalog is needed
// and not there.
Result<ServeConfig> serve_config(const std::string& file);

}  // namespace paragon
