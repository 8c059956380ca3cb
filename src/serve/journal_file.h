// The journal on disk: lines are gathered and written in pieces, so that a query costs no system
// call.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace paragon {

class JournalFile {
 public:
  // Starts a new file; one that is there is replaced.
  static Result<std::unique_ptr<JournalFile>> create(const std::string& path);
  ~JournalFile();  // flushes
  JournalFile(const JournalFile&) = delete;
  JournalFile& operator=(const JournalFile&) = delete;

  void add(std::string_view line);  // without the line end
  // Everything so far reaches the file. After an error (a full disk) the journal ends: `add` does
  // nothing any more, and failed() says why.
  void flush();
  const std::string& failed() const { return failed_; }

 private:
  JournalFile(std::FILE* file, std::string path) : file_(file), path_(std::move(path)) {}
  std::FILE* file_;
  std::string path_;
  std::string failed_;
};

}  // namespace paragon
