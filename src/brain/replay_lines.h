// For tests: the replay of a journal that is at hand as lines.
#pragma once

#include <string>
#include <vector>

#include "brain/journal.h"

namespace paragon {

// As replay().
inline Result<ReplayReport> replay_lines(const std::vector<std::string>& lines,
                                         const MakeScheme& scheme = make_scheme) {
  std::size_t next = 0;
  return replay(
      [&](std::string& line) {
        if (next == lines.size()) return false;
        line = lines[next++];
        return true;
      },
      scheme);
}

}  // namespace paragon
