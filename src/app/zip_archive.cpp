#include "app/zip_archive.h"

#include <fmt/format.h>
#include <minizip/zip.h>
#include <sys/stat.h>

#include "app/destination.h"

namespace paragon {
namespace {

constexpr int kLevel = 6;                   // 9 takes twice as long for a third of a percent less
constexpr uLong kDate = 1 << 21 | 1 << 16;  // 1980-01-01 00:00:00, the earliest there is
constexpr uLong kMadeByUnix = 3 << 8 | 30;  // so that modes are read, version 3.0
constexpr uLong kUtf8Names = 1 << 11;       // a flag of each file
constexpr std::size_t kWriteMax = std::size_t{1} << 30;  // minizip takes an unsigned int

}  // namespace

ZipArchive::ZipArchive(void* zip, std::string path, std::unique_ptr<UnfinishedFile> unfinished)
    : zip_(zip), path_(std::move(path)), unfinished_(std::move(unfinished)) {}

Result<std::unique_ptr<ZipArchive>> ZipArchive::create(const std::string& path) {
  const auto to = destination_of(path);
  if (!to) return to.error();
  if (to->in_place) {  // the format is written with steps back
    return Error{ErrorCode::invalid, path + ": cannot be written: not a regular file"};
  }
  auto unfinished = std::make_unique<UnfinishedFile>(to->file);
  void* zip = zipOpen64(unfinished->name().c_str(), APPEND_STATUS_CREATE);
  if (zip == nullptr) return Error{ErrorCode::invalid, path + ": cannot be written"};
  return std::unique_ptr<ZipArchive>(new ZipArchive(zip, path, std::move(unfinished)));
}

ZipArchive::~ZipArchive() {
  if (zip_ != nullptr) zipClose(zip_, nullptr);
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
  if (!failed_ && unfinished_->become_whole() == 0) return {};
  unfinished_.reset();
  return {ErrorCode::unavailable, path_ + ": could not be written; is there room on the disk?"};
}

}  // namespace paragon
