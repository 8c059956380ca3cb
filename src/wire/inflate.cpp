#include "wire/inflate.h"

#include <zlib.h>

#include <algorithm>

namespace paragon::http {

namespace {

constexpr int kGzip = 16 + MAX_WBITS;  // zlib's window bits say the format, see inflateInit2
constexpr int kZlib = MAX_WBITS;
constexpr int kBare = -MAX_WBITS;

class Inflater {
 public:
  explicit Inflater(int window_bits) { ready_ = inflateInit2(&stream_, window_bits) == Z_OK; }
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  Result<std::string> run(std::string_view data, std::size_t bytes_max, bool many_members) {
    if (!ready_) return Error{ErrorCode::internal, "zlib cannot start"};
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    stream_.avail_in = static_cast<uInt>(data.size());
    std::string out;
    char chunk[32 * 1024];
    while (true) {
      stream_.next_out = reinterpret_cast<Bytef*>(chunk);
      stream_.avail_out = sizeof chunk;
      const int returned = ::inflate(&stream_, Z_NO_FLUSH);
      const std::size_t got = sizeof chunk - stream_.avail_out;
      if (out.size() + got > bytes_max) {
        return Error{ErrorCode::insufficient_capacity,
                     "request body inflates to more than " + std::to_string(bytes_max) + " bytes"};
      }
      out.append(chunk, got);
      if (returned == Z_STREAM_END) {
        if (stream_.avail_in == 0) return out;
        if (!many_members || inflateReset(&stream_) != Z_OK) return damaged();
      } else if (returned != Z_OK) {
        return damaged();
      }
    }
  }

 private:
  static Error damaged() {
    return {ErrorCode::invalid,
            "request body is not what its content-encoding says, or ends early"};
  }

  z_stream stream_{};
  bool ready_ = false;
};

// The zlib format begins with method 8 and a check sum over its first two bytes.
bool looks_like_zlib(std::string_view data) {
  if (data.size() < 2) return false;
  const unsigned first = static_cast<unsigned char>(data[0]);
  const unsigned second = static_cast<unsigned char>(data[1]);
  return (first & 0x0F) == 8 && (first * 256 + second) % 31 == 0;
}

}  // namespace

Result<std::string> inflate(Coding coding, std::string_view data, std::size_t bytes_max) {
  switch (coding) {
    case Coding::identity:
      return std::string(data);
    case Coding::gzip:
      return Inflater(kGzip).run(data, bytes_max, true);
    case Coding::deflate:
      return Inflater(looks_like_zlib(data) ? kZlib : kBare).run(data, bytes_max, false);
  }
  return Error{ErrorCode::internal, "no such coding"};
}

}  // namespace paragon::http
