// PNG in memory: grey pixels to a file's bytes, and a file's bytes to RGB pixels.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace paragon {

// `pixels` holds width x height bytes, row by row, 0 black to 255 white.
Result<std::string> encode_grey_png(std::uint32_t width, std::uint32_t height,
                                    const std::uint8_t* pixels);

struct RgbPixels {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::string bytes;  // height x width x 3
};
// Errors: invalid when it is not a PNG, or larger than 64 million pixels.
Result<RgbPixels> decode_png_rgb(std::string_view file);

}  // namespace paragon
