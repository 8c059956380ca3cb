#include "serve/journal_file.h"

#include <cerrno>
#include <cstring>

namespace paragon {

Result<std::unique_ptr<JournalFile>> JournalFile::create(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) {
    return Error{ErrorCode::unavailable,
                 "journal " + path + " cannot be written: " + std::strerror(errno)};
  }
  std::setvbuf(file, nullptr, _IOFBF, 1 << 20);
  return std::unique_ptr<JournalFile>(new JournalFile(file, path));
}

JournalFile::~JournalFile() { std::fclose(file_); }

void JournalFile::add(std::string_view line) {
  if (!failed_.empty()) return;
  if (std::fwrite(line.data(), 1, line.size(), file_) != line.size() ||
      std::fputc('\n', file_) == EOF) {
    failed_ = "journal " + path_ + " ended: " + std::strerror(errno);
  }
}

void JournalFile::flush() {
  if (failed_.empty() && std::fflush(file_) != 0) {
    failed_ = "journal " + path_ + " ended: " + std::strerror(errno);
  }
}

}  // namespace paragon
