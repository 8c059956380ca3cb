// PNG through libpng. libpng reports errors by longjmp, so the function that calls setjmp keeps
// only plain values in its frame, and everything with a destructor lives in its caller's.
#include <png.h>

#include <csetjmp>
#include <cstring>

#include "worker/picture_codec.h"

namespace paragon {
namespace {

struct Source {
  std::string_view rest;
  char message[160] = "";
};

void read_bytes(png_structp png, png_bytep into, png_size_t count) {
  auto* source = static_cast<Source*>(png_get_io_ptr(png));
  if (source->rest.size() < count) png_error(png, "the file ends too early");
  std::memcpy(into, source->rest.data(), count);
  source->rest.remove_prefix(count);
}

void on_error(png_structp png, png_const_charp message) {
  auto* source = static_cast<Source*>(png_get_error_ptr(png));
  std::strncpy(source->message, message, sizeof source->message - 1);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}  // odd text chunks and the like

// deflate cannot shrink by more than 1032 : 1, so a file that claims more pixels than that is a lie
// and costs no memory.
bool could_hold(std::size_t file_bytes, std::uint64_t pixel_bytes) {
  return pixel_bytes / 1032 <= file_bytes;
}

enum class Outcome { ok, failed, too_large };

// The frame of setjmp: nothing here has a destructor.
Outcome decode(png_structp png, png_infop info, Source* source, std::size_t file_bytes,
               const PictureLimits& limits, Picture* into, std::vector<png_bytep>* rows) {
  if (setjmp(png_jmpbuf(png)) != 0) return Outcome::failed;
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);  // sizes are judged below, with our message
  png_set_chunk_malloc_max(png, 1 << 20);
  png_set_chunk_cache_max(png, 64);
  // Texts, profiles and the like are skipped unread: libpng would take (and clear) as much memory
  // as such a chunk claims to have, up to 2 GB for a file of 80 bytes; the limit above only warns.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_set_read_fn(png, source, read_bytes);
  png_read_info(png, info);
  const png_uint_32 width = png_get_image_width(png, info);
  const png_uint_32 height = png_get_image_height(png, info);
  const int depth = png_get_bit_depth(png, info);
  const int colour = png_get_color_type(png, info);
  into->width = static_cast<int>(width);
  into->height = static_cast<int>(height);
  if (!within(limits, width, height)) return Outcome::too_large;
  const auto bits = static_cast<std::uint64_t>(depth) * png_get_channels(png, info);
  if (!could_hold(file_bytes, std::uint64_t{height} * ((width * bits + 7) / 8))) {
    png_error(png, "the file is far too short for the size it states");
  }

  if (depth == 16) png_set_scale_16(png);
  if (colour == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (colour == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(png);
  if ((colour & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, info, PNG_INFO_tRNS) != 0) {
    png_set_strip_alpha(png);
  }
  png_set_interlace_handling(png);
  png_read_update_info(png, info);

  into->channels = png_get_channels(png, info);
  const std::size_t row_bytes = std::size_t{width} * static_cast<std::size_t>(into->channels);
  if (png_get_rowbytes(png, info) != row_bytes) png_error(png, "an unexpected row size");
  into->pixels.resize(row_bytes * height);
  rows->resize(height);
  for (png_uint_32 y = 0; y < height; ++y) (*rows)[y] = into->pixels.data() + y * row_bytes;
  png_read_image(png, rows->data());
  png_read_end(png, nullptr);  // checks the sum of the last pixels, too
  return Outcome::ok;
}

}  // namespace

Status decode_png(std::string_view file, Picture& into, const PictureLimits& limits) {
  Source source{file, {}};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, on_error, on_warning);
  if (png == nullptr) return {ErrorCode::internal, "libpng could not be started"};
  png_infop info = png_create_info_struct(png);
  if (info == nullptr) {
    png_destroy_read_struct(&png, nullptr, nullptr);
    return {ErrorCode::internal, "libpng could not be started"};
  }
  std::vector<png_bytep> rows;
  const Outcome outcome = decode(png, info, &source, file.size(), limits, &into, &rows);
  png_destroy_read_struct(&png, &info, nullptr);
  switch (outcome) {
    case Outcome::ok:
      return {};
    case Outcome::too_large:
      return too_large("PNG", into.width, into.height, limits);
    case Outcome::failed:
      break;
  }
  return {ErrorCode::invalid,
          std::string("the PNG picture is truncated or corrupt: ") + source.message};
}

}  // namespace paragon
