// How a profile is measured, and what of it may not change between a run and the one that goes on.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "catalog/catalog.h"
#include "profile/cells.h"
#include "profile/labelled_set.h"
#include "profile/timed_runs.h"

namespace paragon::profile {

struct ProfileSettings {
  std::string out;      // folder, made if it is not there
  std::string program;  // this program: it starts itself for cold starts
  Axes axes;
  int cores = 1;                              // of this computer: callers of the grading
  Duration whole = std::chrono::minutes(10);  // about how long at most (budget.h); 0: no limit
  std::size_t rounds = 6;                     // visits of each cell
  std::size_t rounds_least = 3;               // of these, whatever the time
  std::size_t rounds_most = 12;               // of those that have not settled
  VisitSettings visit;
  VisitSettings turn_visit{.at_least = std::chrono::milliseconds(100), .runs_min = 50};
  bool all_items = false;       // of the labelled set, whatever the time
  double tolerance = 0.05;      // two runs are to agree within this share at p50
  std::size_t starts = 5;       // cold starts of each variant
  std::vector<Memory> sizes;    // of functions, ascending
  std::size_t size_rounds = 2;  // visits of each size
  Duration size_time = std::chrono::milliseconds(250);
  bool turns = true;              // a full machine served in turn: fit right-sizing and try it
  bool control_groups = true;     // false: stop and continue, even where groups are permitted
  std::optional<Duration> bound;  // of latency: a function's size and a machine's queries keep it
};

// What the lines measured so far depend on, as `what,value` pairs.
using Fingerprint = std::vector<std::pair<std::string, std::string>>;
Fingerprint fingerprint_of(const ProfileSettings& settings, const Catalog& catalog,
                           const LabelledSet& set, const std::string& host,
                           const std::string& onnxruntime);
std::string fingerprint_text(const Fingerprint& fingerprint);
// Whether lines measured under `old` (a text as above) may stand beside new ones. The error names
// what differs.
Status same_settings(const std::string& old, const Fingerprint& now);

}  // namespace paragon::profile
