#include "app/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "app/destination.h"

namespace paragon {
namespace {

std::FILE* open_in_place(const Destination& to) {
  const int opened = to.descriptor >= 0 ? ::fcntl(to.descriptor, F_DUPFD_CLOEXEC, 0)
                                        : ::open(to.file.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
  return opened < 0 ? nullptr : ::fdopen(opened, "wb");
}

}  // namespace

OutputFile::OutputFile(std::FILE* file, std::string path,
                       std::unique_ptr<UnfinishedFile> unfinished)
    : file_(file), path_(std::move(path)), unfinished_(std::move(unfinished)) {}

Result<std::unique_ptr<OutputFile>> OutputFile::create(const std::string& path) {
  const auto to = destination_of(path);
  if (!to) return to.error();
  std::unique_ptr<UnfinishedFile> unfinished;
  if (!to->in_place) unfinished = std::make_unique<UnfinishedFile>(to->file);
  std::FILE* file =
      to->in_place ? open_in_place(*to) : std::fopen(unfinished->name().c_str(), "wbe");
  if (file == nullptr) return cannot_write(path, errno);
  return std::unique_ptr<OutputFile>(new OutputFile(file, path, std::move(unfinished)));
}

OutputFile::~OutputFile() {
  if (file_ != nullptr) std::fclose(file_);
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
  if (error_ == 0 && unfinished_) error_ = unfinished_->become_whole();
  unfinished_.reset();
  if (error_ == 0) return {};
  return cannot_write(path_, error_);
}

Status writable(const std::string& path) {
  if (path.empty()) return {};
  const auto to = destination_of(path);
  return to ? Status() : to.error();
}

Status writable(const std::vector<FlaggedFile>& outputs, std::vector<FlaggedFile> inputs) {
  for (FlaggedFile& input : inputs) {
    std::error_code failure;
    input.path = std::filesystem::canonical(input.path, failure).string();  // none: empty
  }
  std::vector<FlaggedFile>& taken = inputs;
  for (const FlaggedFile& output : outputs) {
    if (output.path.empty()) continue;
    const auto to = destination_of(output.path);
    if (!to) return to.error();
    if (to->in_place) continue;
    for (const FlaggedFile& other : taken) {
      if (other.path != to->file) continue;
      return {ErrorCode::invalid, fmt::format("{}: got '{}', expected another file than that of {}",
                                              output.flag, output.path, other.flag)};
    }
    taken.push_back({output.flag, to->file});
  }
  return {};
}

Status write_file(const std::string& path, std::string_view text) {
  auto file = OutputFile::create(path);
  if (!file) return file.error();
  (*file)->write(text);
  return (*file)->commit();
}

}  // namespace paragon
