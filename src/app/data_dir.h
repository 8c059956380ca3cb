// Where the files that come with Paragon lie: the shipped catalogs and models.
//
// Looked for in PARAGON_HOME, beside the program (an unpacked release), in ../share/paragon of it
// (an installation), and in the source tree that it was built from.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace paragon {

// The absolute path of e.g. "data/local/catalog.yaml". Error: not_found, with all places tried.
Result<std::string> find_shipped(std::string_view relative);

}  // namespace paragon
