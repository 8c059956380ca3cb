// A fresh process that holds one network and nothing else: what the hidden command `profile-one`
// is.
//
// Its parent (lone_process.h) learns from its first line how long starting, loading and the first
// inference took, and how much memory that needed at most; then it asks for visits, one a line,
// while the process runs under whatever share of a processor the parent has imposed.
//
//   <- ready STARTED_NS LOAD_NS FIRST_NS PEAK_KB       started: since the time it was given
//   -> MILLISECONDS RUNS_MIN
//   <- RUNS MEAN_NS BILLED_NS CPU_NS POINT_NS ...      billed: mean of runs rounded up to
//   milliseconds
//   <- failed WHY                                      in place of either answer
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace paragon::profile {

struct SingleRunSettings {
  std::string file;
  int threads = 1;
  Duration started{};  // monotonic clock, when the parent made it; counts to the command's begin
};

// Ends when `in` does. Returns the exit status.
int single_run(const SingleRunSettings& settings, std::FILE* in, std::FILE* out);

Duration monotonic_now();

struct ColdStart {
  Duration process{};  // from making the process until its command runs
  Duration load{};     // reading the file and building the session
  Duration first{};    // the first inference
  std::int64_t peak_kb = 0;
};
struct ShareVisit {
  std::size_t runs = 0;
  Duration mean{};
  Duration billed{};  // mean, each run rounded up to a millisecond
  Duration cpu{};     // of the process, over all runs
  std::vector<Duration> points;
};
// What the process wrote, or why it failed. Error: it is not such a line.
Result<ColdStart> parse_cold_start(const std::string& line);
Result<ShareVisit> parse_share_visit(const std::string& line);

}  // namespace paragon::profile
