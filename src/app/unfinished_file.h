// The name of a file until it is whole: PATH.PID.part, beside the file that it will be.
//
// What is not whole leaves nothing behind, also when SIGINT, SIGTERM or SIGHUP ends the program.
#pragma once

#include <atomic>
#include <string>

namespace paragon {

class UnfinishedFile {
 public:
  // Only the name; the file is the caller's to create. `path` is that of a file that is no link.
  explicit UnfinishedFile(const std::string& path);
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  const std::string& name() const { return name_; }
  // Takes the place of what is at the path. Returns 0 or the number of the error.
  int become_whole();

 private:
  void forget();

  std::string path_;
  std::string name_;
  std::atomic<const char*>* slot_ = nullptr;  // where a signal finds the name
};

}  // namespace paragon
