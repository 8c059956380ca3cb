// Pictures: from the bytes of a PNG or JPEG file to pixels.
//
// The bytes come from strangers. Promises: memory is bounded before it is taken (the header's size
// is checked against `pixels_max`, and against what the file could possibly hold); a truncated or
// corrupt file is an error, never a half-grey picture; no input makes it exit, loop or leak.
// Grey stays one channel, everything else becomes RGB of 8 bits: palettes and 16 bits are
// converted, CMYK is converted without a colour profile, transparency is dropped (as Pillow's
// convert("RGB") does). EXIF orientation is not applied.
// Thread-safety: any number of threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace paragon {

struct PictureLimits {
  std::int64_t pixels_max = 64'000'000;  // width x height; at most 3 bytes each are taken
  int side_max = 65'500;                 // what a JPEG can have at most
};

// Pixels somewhere else, rows without padding.
struct PictureView {
  int width = 0;
  int height = 0;
  int channels = 3;  // 1 (grey) or 3 (RGB, interleaved)
  const std::uint8_t* pixels = nullptr;
};

struct Picture {
  int width = 0;
  int height = 0;
  int channels = 3;
  std::vector<std::uint8_t> pixels;  // height x width x channels

  PictureView view() const { return {width, height, channels, pixels.data()}; }
};

// Decodes into `into`, whose memory is used again. Errors (invalid): neither PNG nor JPEG, too
// large, truncated, corrupt; the message says which.
Status decode_picture(std::string_view file, Picture& into, const PictureLimits& limits = {});

}  // namespace paragon
