#include "profile/log_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace paragon::profile {
namespace {

LogCells cells_of(std::string_view line) {
  LogCells cells;
  for (std::size_t begin = 0;;) {
    const std::size_t comma = line.find(',', begin);
    cells.emplace_back(line.substr(begin, comma - begin));
    if (comma == std::string_view::npos) return cells;
    begin = comma + 1;
  }
}

Error cannot(const std::string& path, const char* what, int why) {
  return {ErrorCode::denied, fmt::format("{}: cannot be {}: {}", path, what, std::strerror(why))};
}

}  // namespace

Result<LogText> parse_log(std::string_view text, std::string_view header) {
  LogText log;
  const auto columns = static_cast<std::size_t>(std::count(header.begin(), header.end(), ',')) + 1;
  int number = 0;
  while (log.whole < text.size()) {
    const std::size_t end = text.find('\n', log.whole);
    if (end == std::string_view::npos) break;  // torn
    const std::string_view line = text.substr(log.whole, end - log.whole);
    log.whole = end + 1;
    if (++number == 1) {
      if (line == header) continue;
      return {ErrorCode::invalid, fmt::format("1: got another header, expected {}", header)};
    }
    LogCells cells = cells_of(line);
    if (cells.size() != columns) {
      return {ErrorCode::invalid,
              fmt::format("{}: got {} cells, expected {}", number, cells.size(), columns)};
    }
    log.rows.push_back(std::move(cells));
  }
  return log;
}

Result<std::unique_ptr<LogFile>> LogFile::open(const std::string& path, const std::string& header) {
  std::string text;
  if (std::error_code ignored; std::filesystem::exists(path, ignored)) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return cannot(path, "read", errno);
    text.assign(std::istreambuf_iterator<char>(in), {});
  }
  auto log = parse_log(text, header);
  if (!log) {
    return {ErrorCode::invalid,
            fmt::format("{}:{}; --fresh begins anew", path, log.error().message)};
  }
  std::FILE* file = std::fopen(path.c_str(), "abe");
  if (file == nullptr) return cannot(path, "written", errno);
  std::unique_ptr<LogFile> out(new LogFile(path, std::move(log->rows), file));
  if (log->whole < text.size() && ftruncate(fileno(file), static_cast<off_t>(log->whole)) != 0) {
    return cannot(path, "written", errno);
  }
  if (log->whole == 0) {
    if (Status written = out->append({header}); !written) return written.error();
  }
  return out;
}

Status LogFile::append(const LogCells& cells) {
  const std::string line = fmt::format("{}\n", fmt::join(cells, ","));
  if (std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size() ||
      std::fflush(file_.get()) != 0) {
    return cannot(path_, "written", errno);
  }
  return {};
}

}  // namespace paragon::profile
