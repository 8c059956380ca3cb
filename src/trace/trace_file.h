// A recorded trace, row by row.
//
// Two kinds of file, plain or gzip, with a header line (and lines that start with '#' for people):
//   counts      `second,requests`, `minute,requests` or `hour,requests`: numbered without gaps
//   timestamps  `timestamp[,...]` or `time_s[,...]`: one request a row, ascending; seconds
//   (fractions
//               allowed) or `YYYY-MM-DD HH:MM:SS[.fraction]`; other columns are not read
// Errors name file and line, what was found and what was expected.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "base/units.h"
#include "trace/line_reader.h"

namespace paragon {

// So many requests somewhere in [from, from + unit). unit 0: one request exactly at `from`.
struct TraceRow {
  Duration from{};  // since the file's first row
  Duration unit{};
  std::uint64_t requests = 0;
};

class TraceFile {
 public:
  static Result<TraceFile> open(const std::string& file);
  Result<std::optional<TraceRow>> next();
  Duration unit() const { return unit_; }  // 0: timestamps

 private:
  TraceFile(std::string file, LineReader lines)
      : file_(std::move(file)), lines_(std::move(lines)) {}
  Result<std::optional<TraceRow>> count_row(const std::string& line);
  Result<std::optional<TraceRow>> timestamp_row(const std::string& line);
  Error trouble(const std::string& what) const;

  std::string file_;
  LineReader lines_;
  Duration unit_{};
  std::int64_t first_ = 0;  // number of the first row; or its timestamp in ns
  std::int64_t next_ = -1;  // number or timestamp of the row before; -1 before the first
  int columns_ = 0;
};

// The whole file in a few numbers, read once from end to end; so it is also the proof that a replay
// will meet no error.
struct TraceSummary {
  Duration unit{};  // 0: timestamps
  std::uint64_t rows = 0;
  std::uint64_t requests = 0;
  Duration length{};  // counts: all units; timestamps: up to the last, plus the mean gap
  std::uint64_t peak_per_unit = 0;    // counts only
  std::uint64_t median_per_unit = 0;  // counts only; within 1 %

  Rate mean_rate() const { return rate_of(static_cast<double>(requests), length); }
};
// Errors: as above, and a trace without rows or requests.
Result<TraceSummary> summarise(const std::string& file);

}  // namespace paragon
