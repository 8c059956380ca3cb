// What this program needs to run on a computer that has nothing of it: itself, the shared libraries
// that it has loaded, and the loader that loads them.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace paragon {

struct OwnLibraries {
  std::string loader;                  // the path of ld-linux-x86-64.so.2 or the like
  std::vector<std::string> libraries;  // paths, sorted by file name; with the loader
};

// As they lie in memory now, so what is loaded is what is listed. Error: unsupported, where the
// program is linked statically.
Result<OwnLibraries> own_libraries();

// The bytes of an ELF program without what only debuggers and linkers read (the sections), which is
// most of them in a build with debug information. Anything else comes back unchanged.
std::string without_sections(std::string elf);

}  // namespace paragon
