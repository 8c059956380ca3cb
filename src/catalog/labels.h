// A file of class names, in the order of a network's outputs.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace paragon {

// One label a line. A line `id<TAB>name, other name` (as ImageNet's lists are written) gives
// `name`. Blank lines at the end count for nothing. Errors, which name the file and line: it cannot
// be read, holds no label, or a blank line stands before a label (which would shift those behind).
Result<std::vector<std::string>> read_labels(const std::string& file);

}  // namespace paragon
