#include "cloud/local/run_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

namespace paragon {
namespace {

namespace fs = std::filesystem;
constexpr const char* kPrefix = "paragon-run-";
constexpr const char* kLock = "/owner";
constexpr std::size_t kSocketPathMax = 107;  // sun_path less its final zero
constexpr std::size_t kSocketNameRoom = 24;  // "/m4294967295.sock"

std::string default_parent() {
  for (const char* name : {"XDG_RUNTIME_DIR", "TMPDIR"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value == '/' && ::access(value, W_OK) == 0) return value;
  }
  return "/tmp";
}

void remove_leftovers(const std::string& parent) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator it(parent, error); !error && it != fs::directory_iterator();
       it.increment(error))
    if (it->path().filename().string().starts_with(kPrefix)) found.push_back(it->path());
  for (const auto& folder : found) {
    struct stat facts = {};
    if (::lstat(folder.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode) ||
        facts.st_uid != ::geteuid())
      continue;
    const int lock = ::open((folder.string() + kLock).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (lock < 0) continue;
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0) fs::remove_all(folder, error);
    ::close(lock);
  }
}

}  // namespace

Result<std::unique_ptr<RunDir>> RunDir::make(std::string parent) {
  if (parent.empty()) parent = default_parent();
  std::error_code error;
  parent = fs::absolute(parent, error).lexically_normal().string();
  while (parent.size() > 1 && parent.back() == '/') parent.pop_back();
  fs::create_directories(parent, error);
  remove_leftovers(parent);
  // Twice: a cleaner may take the folder in the moment before it is locked.
  for (int attempt = 0; attempt < 2; ++attempt) {
    std::string path = parent + "/" + kPrefix + "XXXXXX";
    if (path.size() + kSocketNameRoom > kSocketPathMax)
      return {ErrorCode::invalid, "run_dir '" + parent +
                                      "' is too long: sockets in it would pass " +
                                      std::to_string(kSocketPathMax) + " bytes"};
    if (::mkdtemp(path.data()) == nullptr)
      return {ErrorCode::denied,
              "making a folder in run_dir '" + parent + "': " + std::strerror(errno)};
    const int lock = ::open((path + kLock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock >= 0 && ::flock(lock, LOCK_EX | LOCK_NB) == 0)
      return std::unique_ptr<RunDir>(new RunDir(std::move(path), lock));
    if (lock >= 0) ::close(lock);
    fs::remove_all(path, error);
  }
  return {ErrorCode::unavailable, "run_dir '" + parent + "': its lock is held by someone else"};
}

RunDir::~RunDir() {
  std::error_code error;
  fs::remove_all(path_, error);
  ::close(lock_);
}

}  // namespace paragon
