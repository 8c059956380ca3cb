// Lines of a text file, plain or gzip, one at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"

namespace paragon {

class LineReader {
 public:
  // Errors: cannot be opened, or is no regular file.
  static Result<LineReader> open(const std::string& file);
  LineReader(LineReader&&) noexcept;
  LineReader& operator=(LineReader&&) noexcept;
  ~LineReader();

  // Without its end ("\n" or "\r\n"), the first without a byte order mark; nothing at the end of
  // the file. Errors, with file and line: a line longer than 4096 bytes or with a NUL byte (so this
  // is no text), damaged compressed data.
  Result<std::optional<std::string>> next();
  int line() const;  // of what `next` returned last, from 1

 private:
  struct State;
  explicit LineReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace paragon
