#include "worker/picture.h"

#include <fmt/format.h>

#include "worker/picture_codec.h"

namespace paragon {

Error too_large(const char* format, std::int64_t width, std::int64_t height,
                const PictureLimits& limits) {
  return {ErrorCode::invalid,
          fmt::format("the {} picture states {} x {} pixels; at most {} pixels and {} a side are "
                      "taken, scale it down first",
                      format, width, height, limits.pixels_max, limits.side_max)};
}

Status decode_picture(std::string_view file, Picture& into, const PictureLimits& limits) {
  using namespace std::string_view_literals;
  if (file.starts_with("\x89PNG\r\n\x1a\n"sv)) return decode_png(file, into, limits);
  if (file.starts_with("\xff\xd8\xff"sv)) return decode_jpeg(file, into, limits);
  if (file.empty()) return {ErrorCode::invalid, "the picture is empty: 0 bytes"};
  std::string start;
  for (const char byte : file.substr(0, 8)) {
    start += fmt::format(" {:02x}", static_cast<unsigned char>(byte));
  }
  return {ErrorCode::invalid,
          fmt::format("the picture is neither PNG nor JPEG: {} bytes that begin with{}",
                      file.size(), start)};
}

}  // namespace paragon
