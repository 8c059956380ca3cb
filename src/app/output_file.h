// A result file: there as a whole or not at all.
//
// It is written under another name beside its own and renamed at the end, so an interrupted or
// failed run leaves what was there before. A symbolic link stays and its target is written; a
// device, pipe or open descriptor (/dev/stdout, `>(gzip > FILE)`) is written to as it is.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/unfinished_file.h"
#include "base/result.h"

namespace paragon {

class OutputFile {
 public:
  // Errors: the folder does not exist or may not be written to, or the path is a folder.
  static Result<std::unique_ptr<OutputFile>> create(const std::string& path);
  ~OutputFile();  // without commit() nothing is left behind
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view text);  // an error is kept for commit()
  Status commit();

 private:
  OutputFile(std::FILE* file, std::string path, std::unique_ptr<UnfinishedFile> unfinished);

  std::FILE* file_;
  std::string path_;                            // as it was named
  std::unique_ptr<UnfinishedFile> unfinished_;  // null: written in place
  int error_ = 0;
};

// Whether create() would work, asked before a long run. An empty path is fine.
Status writable(const std::string& path);

// A file and the flag that names it.
struct FlaggedFile {
  const char* flag;
  std::string path;
};
// Likewise for several, of which none may be the same file as another or as one that is read.
Status writable(const std::vector<FlaggedFile>& outputs, std::vector<FlaggedFile> inputs);

// The whole of it at once.
Status write_file(const std::string& path, std::string_view text);

}  // namespace paragon
