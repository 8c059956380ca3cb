// A zip archive whose bytes depend on the names, modes and contents in it and on nothing else: no
// dates, no owners. Like an OutputFile it is there as a whole or not at all.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/unfinished_file.h"
#include "base/result.h"

namespace paragon {

class ZipArchive {
 public:
  // Errors: invalid, when the path cannot be written to, or is no file that can be replaced.
  static Result<std::unique_ptr<ZipArchive>> create(const std::string& path);
  ~ZipArchive();  // without commit() nothing is left behind
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;

  // `name` is relative, with '/' between folders. An error is kept for commit().
  void add(const std::string& name, std::string_view content, bool executable);
  Status commit();

 private:
  ZipArchive(void* zip, std::string path, std::unique_ptr<UnfinishedFile> unfinished);

  void* zip_;  // minizip's; null once it is closed
  std::string path_;
  std::unique_ptr<UnfinishedFile> unfinished_;
  bool failed_ = false;
};

}  // namespace paragon
