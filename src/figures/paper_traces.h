// The paper's four traces, as far as they are there: files in a folder that the user names.
//
// None is shipped; docs/figures.md says where each is from. The paper replays one-hour samples, and
// so do we. Wikipedia's could only be had by the hour: a day of it is taken, its arrivals inside
// each hour are drawn, and it is called so wherever it appears.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "trace/replay.h"
#include "trace/trace_file.h"

namespace paragon::figures {

struct PaperTrace {
  std::string name;            // "berkeley"
  std::string title;           // "Berkeley", "Wiki (hourly, drawn)"
  std::string file;            // where it was found
  Shape shape;                 // what is cut out of it, and how it is scaled
  std::uint64_t requests = 0;  // that this gives, about
};

struct FoundTraces {
  std::vector<PaperTrace> traces;    // in the paper's order
  std::vector<std::string> missing;  // a line each: which, and the names it was looked for under
};

// What each trace may be called in the folder, for messages and the documentation.
std::vector<std::string> trace_files(std::string_view name);

// Looks for the four in `folder` (empty: none is there) and reads what is there once. `quick`: ten
// minutes of each at a mean of 50 requests a second. Errors: no such folder; a file that is there
// is wrong.
Result<FoundTraces> find_traces(const std::string& folder, bool quick, std::uint64_t seed);

}  // namespace paragon::figures
