// JPEG through libjpeg(-turbo). As with PNG, the frame of setjmp holds only plain values.
#include <cstdio>  // jpeglib.h uses FILE without including it

#include <jpeglib.h>

#include <jerror.h>

#include <csetjmp>

#include "worker/picture_codec.h"

namespace paragon {
namespace {

struct Errors {
  jpeg_error_mgr base;  // first: libjpeg hands back a pointer to it
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
};

void on_error(j_common_ptr info) {
  auto* errors = reinterpret_cast<Errors*>(info->err);
  errors->base.format_message(info, errors->message);
  std::longjmp(errors->jump, 1);
}

// libjpeg only warns when data is missing and fills up with grey; for us that is an error. Other
// warnings (bytes between markers, an odd version) leave the picture whole.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  const int code = info->err->msg_code;
  if (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE)
    on_error(info);
}

// A progressive file of a few kilobytes can ask for thousands of passes over every pixel.
constexpr int kScansMax = 200;

void on_progress(j_common_ptr info) {
  auto* decoder = reinterpret_cast<j_decompress_ptr>(info);
  if (decoder->input_scan_number > kScansMax) ERREXIT(info, JERR_BAD_PROGRESSION);
}

// Photoshop writes CMYK inverted and says so by the Adobe marker.
void cmyk_to_rgb(const std::uint8_t* from, std::uint8_t* to, int width, bool inverted) {
  for (int x = 0; x < width; ++x, from += 4, to += 3) {
    const int k = inverted ? from[3] : 255 - from[3];
    for (int c = 0; c < 3; ++c) {
      const int ink = inverted ? from[c] : 255 - from[c];
      to[c] = static_cast<std::uint8_t>((ink * k + 127) / 255);
    }
  }
}

enum class Outcome { ok, failed, too_large };

Outcome decode(jpeg_decompress_struct* decoder, Errors* errors, std::string_view file,
               const PictureLimits& limits, Picture* into, std::vector<std::uint8_t>* line) {
  if (setjmp(errors->jump) != 0) return Outcome::failed;
  jpeg_create_decompress(decoder);
  jpeg_progress_mgr progress{};
  progress.progress_monitor = on_progress;
  decoder->progress = &progress;
  jpeg_mem_src(decoder, reinterpret_cast<const unsigned char*>(file.data()), file.size());
  jpeg_read_header(decoder, TRUE);
  into->width = static_cast<int>(decoder->image_width);
  into->height = static_cast<int>(decoder->image_height);
  if (!within(limits, decoder->image_width, decoder->image_height)) return Outcome::too_large;
  const bool cmyk = decoder->jpeg_color_space == JCS_CMYK || decoder->jpeg_color_space == JCS_YCCK;
  const bool grey = decoder->jpeg_color_space == JCS_GRAYSCALE;
  decoder->out_color_space = cmyk ? JCS_CMYK : grey ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(decoder);

  into->channels = grey ? 1 : 3;
  const std::size_t row_bytes =
      std::size_t{decoder->output_width} * static_cast<std::size_t>(into->channels);
  into->pixels.resize(row_bytes * decoder->output_height);
  if (cmyk) line->resize(std::size_t{decoder->output_width} * 4);
  while (decoder->output_scanline < decoder->output_height) {
    std::uint8_t* row = into->pixels.data() + decoder->output_scanline * row_bytes;
    JSAMPROW target = cmyk ? line->data() : row;
    jpeg_read_scanlines(decoder, &target, 1);
    if (cmyk) cmyk_to_rgb(line->data(), row, into->width, decoder->saw_Adobe_marker != FALSE);
  }
  jpeg_finish_decompress(decoder);
  return Outcome::ok;
}

}  // namespace

Status decode_jpeg(std::string_view file, Picture& into, const PictureLimits& limits) {
  jpeg_decompress_struct decoder{};
  Errors errors{};
  decoder.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = on_error;
  errors.base.emit_message = on_message;
  std::vector<std::uint8_t> line;
  const Outcome outcome = decode(&decoder, &errors, file, limits, &into, &line);
  decoder.progress = nullptr;
  jpeg_destroy_decompress(&decoder);
  switch (outcome) {
    case Outcome::ok:
      return {};
    case Outcome::too_large:
      return too_large("JPEG", into.width, into.height, limits);
    case Outcome::failed:
      break;
  }
  return {ErrorCode::invalid,
          std::string("the JPEG picture is truncated or corrupt: ") + errors.message};
}

}  // namespace paragon
