#include "load/png.h"

#include <fmt/format.h>
#include <png.h>

#include <cstring>

namespace paragon {
namespace {

constexpr std::uint64_t kPixelsMax = 64'000'000;

// Frees what libpng's simplified interface holds, whatever way the function is left.
struct Image {
  png_image it{};
  Image() { it.version = PNG_IMAGE_VERSION; }
  ~Image() { png_image_free(&it); }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;
};

}  // namespace

Result<std::string> encode_grey_png(std::uint32_t width, std::uint32_t height,
                                    const std::uint8_t* pixels) {
  Image image;
  image.it.width = width;
  image.it.height = height;
  image.it.format = PNG_FORMAT_GRAY;
  png_alloc_size_t size = 0;
  if (!png_image_write_get_memory_size(image.it, size, 0, pixels, 0, nullptr)) {
    return {ErrorCode::internal, fmt::format("cannot encode a PNG: {}", image.it.message)};
  }
  std::string file(size, '\0');
  if (!png_image_write_to_memory(&image.it, file.data(), &size, 0, pixels, 0, nullptr)) {
    return {ErrorCode::internal, fmt::format("cannot encode a PNG: {}", image.it.message)};
  }
  file.resize(size);
  return file;
}

Result<RgbPixels> decode_png_rgb(std::string_view file) {
  Image image;
  if (!png_image_begin_read_from_memory(&image.it, file.data(), file.size())) {
    return {ErrorCode::invalid, fmt::format("not a PNG: {}", image.it.message)};
  }
  if (std::uint64_t{image.it.width} * image.it.height > kPixelsMax) {
    return {ErrorCode::invalid,
            fmt::format("a PNG of {} x {} pixels is too large", image.it.width, image.it.height)};
  }
  image.it.format = PNG_FORMAT_RGB;
  RgbPixels pixels{image.it.width, image.it.height, {}};
  pixels.bytes.resize(PNG_IMAGE_SIZE(image.it));
  const png_color white{255, 255, 255};  // behind transparent parts, as on a page
  if (!png_image_finish_read(&image.it, &white, pixels.bytes.data(), 0, nullptr)) {
    return {ErrorCode::invalid, fmt::format("a damaged PNG: {}", image.it.message)};
  }
  return pixels;
}

}  // namespace paragon
