// Whether the file of a variant is the one that the catalog means.
#pragma once

#include <string>

#include "base/result.h"
#include "catalog/variant.h"

namespace paragon {

// Error: not_found when it cannot be read.
Result<std::string> sha256_of_file(const std::string& file);

// Compares with the variant's `sha256`, if it states one: its accuracy and times hold for that file
// only. Reads all of it (about 5 ms a MB). Errors: not_found, invalid.
Status check_model_file(const Variant& variant);

}  // namespace paragon
