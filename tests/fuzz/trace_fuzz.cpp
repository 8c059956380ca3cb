// Traces, plain and gzip. Rows come in order of time, and a compressed file says what its text
// says.
#include <zlib.h>

#include <cstdint>

#include "base/check.h"
#include "fuzz/input_file.h"
#include "trace/trace_file.h"

namespace {

std::string compressed(std::string_view text) {
  z_stream stream{};
  PARAGON_CHECK(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK,
                "zlib");
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  PARAGON_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// Everything that a reader can tell of a trace, as text.
std::string told(const std::string& path) {
  auto trace = paragon::TraceFile::open(path);
  if (!trace) return trace.error().message;
  std::string text;
  paragon::Duration last = paragon::Duration::zero();
  while (true) {
    const auto row = trace->next();
    if (!row) return text + row.error().message;
    if (!*row) break;
    PARAGON_CHECK((*row)->from >= last, path);
    last = (*row)->from;
    text += std::to_string(last.count()) + " " + std::to_string((*row)->requests) + "\n";
  }
  const auto summary = paragon::summarise(path);
  if (!summary) return text + summary.error().message;
  PARAGON_CHECK(summary->requests > 0 && summary->rows > 0, path);
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const paragon::fuzz::InputFile file("trace.csv");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string plain = told(file.write(text));
  if (text.starts_with("\x1f\x8b")) return 0;
  const std::string packed = told(file.write(compressed(text)));
  PARAGON_CHECK(plain == packed, plain + " / " + packed);
  return 0;
}
