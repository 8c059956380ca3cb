// What the two picture formats share, for picture*.cpp only.
#pragma once

#include <string>

#include "worker/picture.h"

namespace paragon {

Status decode_png(std::string_view file, Picture& into, const PictureLimits& limits);
Status decode_jpeg(std::string_view file, Picture& into, const PictureLimits& limits);

inline bool within(const PictureLimits& limits, std::uint64_t width, std::uint64_t height) {
  const auto side = static_cast<std::uint64_t>(limits.side_max);
  return width >= 1 && height >= 1 && width <= side && height <= side &&
         width * height <= static_cast<std::uint64_t>(limits.pixels_max);
}

Error too_large(const char* format, std::int64_t width, std::int64_t height,
                const PictureLimits& limits);

}  // namespace paragon
