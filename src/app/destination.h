// Where the bytes of an output path go: a file that can be replaced as a whole, or a device, pipe
// or open descriptor, which can only be written to.
#pragma once

#include <string>

#include "base/result.h"

namespace paragon {

struct Destination {
  std::string file;       // no symbolic link, its folder without any; need not exist
  bool in_place = false;  // never replaced
  int descriptor = -1;    // in place: of this process (/dev/stdout, /dev/fd/N), if 0 or above
};

// Errors: a folder, in a folder that does not exist, or it may not be written to.
Result<Destination> destination_of(const std::string& path);

Error cannot_write(const std::string& path, int error);

}  // namespace paragon
