#include "app/zip_archive.h"

#include <fmt/format.h>
#include <minizip/zip.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "app/output_file.h"

namespace paragon {
namespace {

constexpr int kLevel = 6;                   // 9 takes twice as long for a third of a percent less
constexpr uLong kDate = 1 << 21 | 1 << 16;  // 1980-01-01 00:00:00, the earliest there is
constexpr uLong kMadeByUnix = 3 << 8 | 30;  // so that modes are read, version 3.0
constexpr uLong kUtf8Names = 1 << 11;       // a flag of each file
constexpr std::size_t kWriteMax = std::size_t{1} << 30;  // minizip takes an unsigned int

}  // namespace

ZipArchive::ZipArchive(void* zip, std::string path, std::string temporary)
    : zip_(zip), path_(std::move(path)), temporary_(std::move(temporary)) {}

Result<std::unique_ptr<ZipArchive>> ZipArchive::create(const std::string& path) {
  if (const Status may = writable(path); !may) return may.error();
  std::string temporary = fmt::format("{}.{}.part", path, getpid());
  void* zip = zipOpen64(temporary.c_str(), APPEND_STATUS_CREATE);
  if (zip == nullptr) return Error{ErrorCode::invalid, path + ": cannot be written"};
  return std::unique_ptr<ZipArchive>(new ZipArchive(zip, path, std::move(temporary)));
}

ZipArchive::~ZipArchive() {
  if (zip_ == nullptr) return;
  zipClose(zip_, nullptr);
  ::unlink(temporary_.c_str());
}

void ZipArchive::add(const std::string& name, std::string_view content, bool executable) {
  if (failed_) return;
  zip_fileinfo info{};
  info.dosDate = kDate;
  info.external_fa = static_cast<uLong>(S_IFREG | (executable ? 0755 : 0644)) << 16;
  int error = zipOpenNewFileInZip4_64(zip_, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr,
                                      Z_DEFLATED, kLevel, 0, -MAX_WBITS, MAX_MEM_LEVEL,
                                      Z_DEFAULT_STRATEGY, nullptr, 0, kMadeByUnix, kUtf8Names, 0);
  while (error == ZIP_OK && !content.empty()) {
    const std::string_view part = content.substr(0, kWriteMax);
    error = zipWriteInFileInZip(zip_, part.data(), static_cast<unsigned>(part.size()));
    content.remove_prefix(part.size());
  }
  if (error == ZIP_OK) error = zipCloseFileInZip(zip_);
  failed_ = error != ZIP_OK;
}

Status ZipArchive::commit() {
  if (zipClose(std::exchange(zip_, nullptr), nullptr) != ZIP_OK) failed_ = true;
  if (!failed_ && std::rename(temporary_.c_str(), path_.c_str()) == 0) return {};
  ::unlink(temporary_.c_str());
  return {ErrorCode::unavailable, path_ + ": could not be written; is there room on the disk?"};
}

}  // namespace paragon
