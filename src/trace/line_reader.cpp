#include "trace/line_reader.h"

#include <fmt/format.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace paragon {
namespace {

constexpr int kLongest = 4096;

}  // namespace

struct LineReader::State {
  std::string file;
  gzFile in = nullptr;  // reads plain files as they are
  int line = 0;
  char buffer[kLongest + 2] = {};

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
  // gzgets ends at a newline but does not say how much it read when there are NUL bytes, so fill
  // the buffer with a byte that is not NUL and look for where it wrote its own.
  std::memset(s.buffer, 1, sizeof s.buffer);
  const char* read = gzgets(s.in, s.buffer, sizeof s.buffer);
  ++s.line;
  int code = Z_OK;
  const char* message = gzerror(s.in, &code);
  // A file cut short reads up to its end and then reports Z_BUF_ERROR.
  if (code != Z_OK && code != Z_STREAM_END)
    return trouble(code == Z_BUF_ERROR ? "the compressed file ends too early"
                                       : fmt::format("damaged compressed file ({})", message));
  if (!read) return std::optional<std::string>();

  const char* last = s.buffer + sizeof s.buffer - 1;
  while (*last != '\0') --last;  // the end that gzgets wrote
  std::string text(static_cast<const char*>(s.buffer), last);
  if (text.find('\0') != std::string::npos) return trouble("not a text file (it holds NUL bytes)");
  if (text.ends_with('\n'))
    text.pop_back();
  else if (text.size() > kLongest)
    return trouble(fmt::format("longer than {} bytes, which no line of a trace is", kLongest));
  if (text.ends_with('\r')) text.pop_back();
  return std::optional(std::move(text));
}

int LineReader::line() const { return state_->line; }

}  // namespace paragon
