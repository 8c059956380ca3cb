// The folder of one local cloud for its workers' sockets, removed when it ends.
//
// A cloud that was killed leaves its folder; the next one in the same place removes it. Alive or
// dead is told by a lock that the kernel drops with the process, so a number used again misleads
// nobody.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace paragon {

class RunDir {
 public:
  // Makes `<parent>/paragon-run-XXXXXX`, readable for this user only. `parent` is made when
  // missing; empty: XDG_RUNTIME_DIR, else TMPDIR, else /tmp. Errors: denied, invalid (the path is
  // too long for the sockets in it, which Linux limits to 107 bytes).
  static Result<std::unique_ptr<RunDir>> make(std::string parent);
  ~RunDir();
  RunDir(const RunDir&) = delete;
  RunDir& operator=(const RunDir&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  RunDir(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_;
};

}  // namespace paragon
