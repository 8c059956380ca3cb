// The result of a load as one JSON document, with the unit in every name, for programs.
#pragma once

#include <string>

#include "base/time.h"
#include "base/units.h"
#include "load/tally.h"

namespace paragon {

// What was asked for, told along with the result.
struct LoadRecord {
  std::string target;  // the URL
  std::string task;
  std::string source;    // "trace twitter_1h.csv, seconds 600 to 900" or "poisson"
  std::string pictures;  // where they are from
  std::uint64_t seed = 0;
  Duration planned{};  // length of the schedule
  Duration elapsed{};  // until the last answer
  Rate mean_rate;      // of the schedule
  bool interrupted = false;
};

// Field names are stable: new ones may come, none changes its meaning. Lengths of time that no
// query gives (no answers) are null, and so are shares of nothing.
std::string summary_json(const LoadRecord& record, const Tally& tally);

}  // namespace paragon
