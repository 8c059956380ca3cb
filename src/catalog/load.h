// Reads a catalog from files (YAML and CSV; format in docs/catalog.md) and validates it.
//
// A catalog file may name others relative to itself: `include:` (offers, price books), `models:`
// (a CSV of variants). Complaints name file, line, field, what was found and what was expected;
// all of them are reported together, one a line.
#pragma once

#include <string>

#include "base/result.h"
#include "catalog/catalog.h"

namespace paragon {

struct LoadOptions {
  std::string models_dir{};   // overrides where variants' files are looked for; empty = as written
  bool require_files = true;  // model files must exist (validate, serve); false for simulation
  bool check_hashes = true;   // of all model files; a worker checks those that it loads instead
  double speed = 0;  // > 0 overrides the speed of every offer (local cloud on a small host)
};

Result<Catalog> load_catalog(const std::string& file, const LoadOptions& options = {});

}  // namespace paragon
