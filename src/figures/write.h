// The outcomes as people and programs take them: one page, plots as files, a table, JSON.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "figures/outcome.h"

namespace paragon::figures {

// What holds for all outcomes together.
struct Edition {
  std::string subtitle;              // what was run, in one line
  std::string footer;                // the command and the version
  std::vector<std::string> missing;  // traces that were not there, said at the top
  bool quick = false;
};

std::string page_of(const std::vector<Outcome>& outcomes, const Edition& edition);
// The paper's statements beside ours, for a terminal.
std::string text_of_statements(const std::vector<Outcome>& outcomes);
// {"quick", "missing_traces", "statements": [{figure, prices, claim, paper_percent, our_percent,
// difference_points, measured, verdict}], "figures": [{figure, title, notes, tables}]}
std::string json_of(const std::vector<Outcome>& outcomes, const Edition& edition);

// Writes figures.html, figures.json and a file NAME.svg for each plot into `folder`, which is made
// when it is not there. Returns the files' names. Errors: cannot be written.
Result<std::vector<std::string>> write_all(const std::string& folder,
                                           const std::vector<Outcome>& outcomes,
                                           const Edition& edition);

}  // namespace paragon::figures
