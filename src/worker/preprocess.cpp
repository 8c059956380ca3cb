#include "worker/preprocess.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace paragon {
namespace {

Box central(const PictureView& picture, double share) {
  Box box;
  box.width = std::clamp(static_cast<int>(std::lround(picture.width * share)), 1, picture.width);
  box.height = std::clamp(static_cast<int>(std::lround(picture.height * share)), 1, picture.height);
  box.left = (picture.width - box.width) / 2;
  box.top = (picture.height - box.height) / 2;
  return box;
}

int grey_of(const std::uint8_t* rgb) {
  // Pillow's L24: the ITU-R 601-2 luma in 16-bit fixed point.
  return (rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16;
}

}  // namespace

Preprocessor::Preprocessor(const Preprocessing& how) : how_(how) {
  for (std::size_t c = 0; c < 3; ++c) {
    const float mean = c < how.mean.size() ? how.mean[c] : 0.0F;
    const float deviation = c < how.std.size() ? how.std[c] : 1.0F;
    for (std::size_t pixel = 0; pixel < 256; ++pixel) {
      table_[c][pixel] = (static_cast<float>(pixel) - mean) / deviation;
    }
  }
}

std::size_t Preprocessor::numbers() const {
  return static_cast<std::size_t>(how_.width) * static_cast<std::size_t>(how_.height) *
         static_cast<std::size_t>(how_.channel_count());
}

void Preprocessor::run(const PictureView& picture, float* out, Scratch& scratch) const {
  const Box box = central(picture, how_.central_crop);
  // `from` walks the pixels to be normalised: the picture itself where nothing is to be resized.
  const std::uint8_t* from = nullptr;
  std::size_t stride = 0;
  const auto source_channels = static_cast<std::size_t>(picture.channels);
  const auto width = static_cast<std::size_t>(how_.width);
  const auto height = static_cast<std::size_t>(how_.height);
  if (box.width == how_.width && box.height == how_.height) {
    stride = static_cast<std::size_t>(picture.width) * source_channels;
    from = picture.pixels + static_cast<std::size_t>(box.top) * stride +
           static_cast<std::size_t>(box.left) * source_channels;
  } else {
    resize_bilinear(picture, box, how_.width, how_.height, scratch);
    stride = width * source_channels;
    from = scratch.resized.data();
  }

  if (how_.channels == ChannelOrder::gray) {  // one channel: both layouts are the same
    for (std::size_t y = 0; y < height; ++y) {
      const std::uint8_t* row = from + y * stride;
      if (source_channels == 1) {
        for (std::size_t x = 0; x < width; ++x) *out++ = table_[0][row[x]];
      } else {
        for (std::size_t x = 0; x < width; ++x) {
          *out++ = table_[0][static_cast<std::size_t>(grey_of(row + 3 * x))];
        }
      }
    }
    return;
  }

  const bool interleaved = how_.layout == Layout::nhwc;
  const std::size_t step = interleaved ? 3 : 1;
  for (std::size_t c = 0; c < 3; ++c) {
    const std::size_t channel = how_.channels == ChannelOrder::bgr ? 2 - c : c;
    const std::size_t offset = source_channels == 1 ? 0 : channel;
    float* to = interleaved ? out + c : out + c * width * height;
    const auto& table = table_[c];
    for (std::size_t y = 0; y < height; ++y) {
      const std::uint8_t* pixel = from + y * stride + offset;
      for (std::size_t x = 0; x < width; ++x, pixel += source_channels, to += step) {
        *to = table[*pixel];
      }
    }
  }
}

}  // namespace paragon
