// Which files a catalog is made of.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/load.h"

namespace paragon {

// What load_catalog reads: the catalog itself, its includes, tables, labels and weights, but not
// the networks. Absolute paths, each once, the catalog first. Errors: those of load_catalog.
Result<std::vector<std::string>> files_of_catalog(const std::string& file,
                                                  const LoadOptions& options = {});

}  // namespace paragon
