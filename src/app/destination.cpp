#include "app/destination.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

namespace paragon {
namespace {

namespace fs = std::filesystem;

constexpr int kLinksMost = 40;  // as the kernel follows

// N of /dev/fd/N, or -1.
int descriptor_of(const std::string& name) {
  int number = -1;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, number);
  return error == std::errc{} && stop == end ? number : -1;
}

}  // namespace

Error cannot_write(const std::string& path, int error) {
  return {ErrorCode::invalid, fmt::format("{}: cannot be written: {}", path, std::strerror(error))};
}

Result<Destination> destination_of(const std::string& path) {
  std::error_code failure;
  const fs::path own = fs::canonical("/proc/self/fd", failure);
  fs::path at = path;
  for (int links = 0; links < kLinksMost; ++links) {
    const fs::path folder = fs::canonical(at.has_parent_path() ? at.parent_path() : ".", failure);
    if (failure) return cannot_write(path, failure.value());
    if (!fs::is_directory(folder, failure)) return cannot_write(path, ENOTDIR);
    const fs::path here = folder / at.filename();
    if (const int number = descriptor_of(here.filename()); folder == own && number >= 0) {
      const int flags = ::fcntl(number, F_GETFL);
      if (flags < 0) return cannot_write(path, errno);
      if ((flags & O_ACCMODE) == O_RDONLY) return cannot_write(path, EBADF);
      return Destination{here, true, number};
    }
    const fs::file_type kind = fs::status(here, failure).type();
    if (kind == fs::file_type::directory) return cannot_write(path, EISDIR);
    if (fs::exists(fs::file_status(kind)) && kind != fs::file_type::regular) {
      if (::access(here.c_str(), W_OK) != 0) return cannot_write(path, errno);
      return Destination{here, true};
    }
    const fs::path target = fs::read_symlink(here, failure);
    if (!failure) {
      at = folder / target;
      continue;
    }
    if (::access(folder.c_str(), W_OK | X_OK) != 0) return cannot_write(path, errno);
    return Destination{here};
  }
  return cannot_write(path, ELOOP);
}

}  // namespace paragon
