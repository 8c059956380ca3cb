#include "app/output_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace paragon {
namespace {

Error cannot_write(const std::string& path, int error) {
  return {ErrorCode::invalid, fmt::format("{}: cannot be written: {}", path, std::strerror(error))};
}

}  // namespace

OutputFile::OutputFile(std::FILE* file, std::string path, std::string temporary)
    : file_(file), path_(std::move(path)), temporary_(std::move(temporary)) {}

Result<std::unique_ptr<OutputFile>> OutputFile::create(const std::string& path) {
  if (const Status may = writable(path); !may) return may.error();
  std::string temporary = fmt::format("{}.{}.part", path, getpid());
  std::FILE* file = std::fopen(temporary.c_str(), "wbe");
  if (file == nullptr) return cannot_write(path, errno);
  return std::unique_ptr<OutputFile>(new OutputFile(file, path, std::move(temporary)));
}

OutputFile::~OutputFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  ::unlink(temporary_.c_str());
}

void OutputFile::write(std::string_view text) {
  if (error_ == 0 && std::fwrite(text.data(), 1, text.size(), file_) != text.size()) {
    error_ = errno;
  }
}

Status OutputFile::commit() {
  if (std::fflush(file_) != 0 && error_ == 0) error_ = errno;
  if (std::fclose(file_) != 0 && error_ == 0) error_ = errno;
  file_ = nullptr;
  if (error_ == 0 && std::rename(temporary_.c_str(), path_.c_str()) != 0) error_ = errno;
  if (error_ == 0) return {};
  ::unlink(temporary_.c_str());
  return cannot_write(path_, error_);
}

Status writable(const std::string& path) {
  if (path.empty()) return {};
  namespace fs = std::filesystem;
  std::error_code failure;
  if (fs::is_directory(path, failure)) return cannot_write(path, EISDIR);
  fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) folder = ".";
  if (::access(folder.c_str(), W_OK | X_OK) != 0) return cannot_write(path, errno);
  if (!fs::is_directory(folder, failure)) return cannot_write(path, ENOTDIR);
  return {};
}

Status write_file(const std::string& path, std::string_view text) {
  auto file = OutputFile::create(path);
  if (!file) return file.error();
  (*file)->write(text);
  return (*file)->commit();
}

}  // namespace paragon
