// The fuzzed bytes as a file, for readers that take a path. One file a process, written anew each
// time, in a folder of its own so that nothing else can be included from it.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/check.h"

namespace paragon::fuzz {

class InputFile {
 public:
  explicit InputFile(const char* name) {
    // Memory where there is such a file system: a fuzzer writes thousands of files a second.
    std::string folder = std::filesystem::is_directory("/dev/shm")
                             ? "/dev/shm"
                             : std::filesystem::temp_directory_path().string();
    folder += "/paragon-fuzz-XXXXXX";
    PARAGON_CHECK(mkdtemp(folder.data()) != nullptr, folder);
    folder_ = folder;
    path_ = folder + "/" + name;
  }
  ~InputFile() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::string& write(std::string_view bytes) const {
    std::FILE* file = std::fopen(path_.c_str(), "wb");
    PARAGON_CHECK(file != nullptr, path_);
    if (!bytes.empty()) std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fclose(file);
    return path_;
  }

 private:
  std::string folder_;
  std::string path_;
};

}  // namespace paragon::fuzz
