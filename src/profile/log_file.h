// A file of measured lines that grows as they are measured, so that an interrupted run goes on
// where it stopped.
//
// CSV with a header line; cells never hold commas or line ends, so nothing is quoted. Each line is
// handed to the kernel at once. A last line without its end was torn by whatever ended the run: it
// is dropped on opening, and measured again.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace paragon::profile {

using LogCells = std::vector<std::string>;

struct LogText {
  std::vector<LogCells> rows;
  std::size_t whole = 0;  // bytes up to the end of the last whole line
};
// Reads what is after the header. An empty text is a log without rows. Errors, with the line:
// another header, a line with another number of cells.
Result<LogText> parse_log(std::string_view text, std::string_view header);

class LogFile {
 public:
  // Opens it, or makes it with its header. Errors: it cannot be read or written, or is not such a
  // file; the message says to use --fresh.
  static Result<std::unique_ptr<LogFile>> open(const std::string& path, const std::string& header);

  // Those that were there on opening.
  const std::vector<LogCells>& rows() const { return rows_; }
  Status append(const LogCells& cells);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  LogFile(std::string path, std::vector<LogCells> rows, std::FILE* file)
      : path_(std::move(path)), rows_(std::move(rows)), file_(file) {}

  std::string path_;
  std::vector<LogCells> rows_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace paragon::profile
