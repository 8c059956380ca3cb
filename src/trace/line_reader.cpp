#include "trace/line_reader.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

namespace paragon {
namespace {

constexpr std::size_t kLongest = 4096;
constexpr std::size_t kPiece = 8192;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

struct LineReader::State {
  std::string file;
  gzFile in = nullptr;  // reads plain files as they are
  int line = 0;
  // What has been read and not yet given out: a line that is not yet whole, and a piece of the
  // file.
  char buffer[kLongest + kPiece];
  std::size_t from = 0;
  std::size_t to = 0;

  ~State() {
    if (in) gzclose(in);
  }
};

LineReader::LineReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
LineReader::LineReader(LineReader&&) noexcept = default;
LineReader& LineReader::operator=(LineReader&&) noexcept = default;
LineReader::~LineReader() = default;

Result<LineReader> LineReader::open(const std::string& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    return {ErrorCode::invalid, file + ": is a folder, expected a file"};
  // All readers of traces read a file more than once, and a pipe gives its bytes only once.
  if (std::filesystem::exists(file, ignored) && !std::filesystem::is_regular_file(file, ignored))
    return {ErrorCode::invalid,
            file + ": is a pipe or device, expected a file, for it is read more than once"};
  auto state = std::make_unique<State>();
  state->file = file;
  errno = 0;
  state->in = gzopen(file.c_str(), "rb");
  if (!state->in)
    return {ErrorCode::not_found,
            fmt::format("{}: cannot be read: {}", file, errno ? strerror(errno) : "no memory")};
  gzbuffer(state->in, 1 << 16);
  return LineReader(std::move(state));
}

Result<std::optional<std::string>> LineReader::next() {
  State& s = *state_;
  const auto trouble = [&](const std::string& what) {
    return Error{ErrorCode::invalid, fmt::format("{}:{}: {}", s.file, s.line, what)};
  };
  ++s.line;
  // Not gzgets: it does not say how much it read when there are NUL bytes.
  const char* end = nullptr;
  for (std::size_t looked = s.from;;) {
    end = static_cast<const char*>(std::memchr(s.buffer + looked, '\n', s.to - looked));
    if (end || s.to - s.from > kLongest) break;
    std::memmove(s.buffer, s.buffer + s.from, s.to - s.from);
    s.to -= s.from;
    s.from = 0;
    looked = s.to;
    const int read = gzread(s.in, s.buffer + s.to, kPiece);
    int code = Z_OK;
    const char* message = gzerror(s.in, &code);
    // A file cut short reads up to its end and then reports Z_BUF_ERROR.
    if (code != Z_OK && code != Z_STREAM_END)
      return trouble(code == Z_BUF_ERROR ? "the compressed file ends too early"
                                         : fmt::format("damaged compressed file ({})", message));
    if (read <= 0) break;
    s.to += static_cast<std::size_t>(read);
  }
  if (s.from == s.to) return std::optional<std::string>();
  const auto whole = static_cast<std::size_t>((end ? end : s.buffer + s.to) - (s.buffer + s.from));
  std::string text(s.buffer + s.from, std::min(whole, kLongest + 1));
  s.from = std::min(s.from + whole + 1, s.to);
  if (text.find('\0') != std::string::npos) return trouble("not a text file (it holds NUL bytes)");
  if (text.size() > kLongest)
    return trouble(fmt::format("longer than {} bytes, which no line of a trace is", kLongest));
  if (text.ends_with('\r')) text.pop_back();
  if (s.line == 1 && text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  return std::optional(std::move(text));
}

int LineReader::line() const { return state_->line; }

}  // namespace paragon
