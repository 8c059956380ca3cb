// Pillow's two-pass resize (src/libImaging/Resample.c, the algorithm, not the code): first across,
// then down, 8 bits in between, weights in fixed point of 22 bits.
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "worker/preprocess.h"

namespace paragon {
namespace {

constexpr int kPrecision = 32 - 8 - 2;  // bits behind the point; 8 for the pixel, 2 to spare

// Which source pixels make up each target pixel, and how much of each.
// Fills scratch.starts, counts and weights; returns how many weights each target pixel may have.
int weigh(int from, int to, Preprocessor::Scratch& scratch) {
  const double scale = static_cast<double>(from) / to;
  const double reach = std::max(scale, 1.0);  // half the width of the triangle
  const int most = static_cast<int>(std::ceil(reach)) * 2 + 1;
  scratch.starts.resize(static_cast<std::size_t>(to));
  scratch.counts.resize(static_cast<std::size_t>(to));
  scratch.weights.assign(static_cast<std::size_t>(to) * static_cast<std::size_t>(most), 0);
  std::vector<double> exact(static_cast<std::size_t>(most));
  for (int i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * scale;
    const int start = std::max(0, static_cast<int>(std::floor(centre - reach + 0.5)));
    const int end = std::min(from, static_cast<int>(std::floor(centre + reach + 0.5)));
    double sum = 0;
    for (int x = start; x < end; ++x) {
      const double weight = std::max(0.0, 1.0 - std::abs((x - centre + 0.5) / reach));
      exact[static_cast<std::size_t>(x - start)] = weight;
      sum += weight;
    }
    const auto at = static_cast<std::size_t>(i);
    scratch.starts[at] = start;
    scratch.counts[at] = end - start;
    std::int32_t* weights = scratch.weights.data() + at * static_cast<std::size_t>(most);
    for (int x = 0; x < end - start; ++x) {
      weights[x] = static_cast<std::int32_t>(
          std::floor(exact[static_cast<std::size_t>(x)] / sum * (1 << kPrecision) + 0.5));
    }
  }
  return most;
}

std::uint8_t rounded(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kPrecision, 0, 255));
}
constexpr std::int32_t kHalf = 1 << (kPrecision - 1);

template <int Channels>
void across(const PictureView& from, Box box, int width, int most, Preprocessor::Scratch& scratch) {
  std::uint8_t* to = scratch.narrow.data();
  const auto stride = static_cast<std::size_t>(from.width) * Channels;
  for (int y = 0; y < box.height; ++y) {
    const std::uint8_t* row = from.pixels + static_cast<std::size_t>(box.top + y) * stride +
                              static_cast<std::size_t>(box.left) * Channels;
    const std::int32_t* weights = scratch.weights.data();
    for (int x = 0; x < width; ++x, weights += most) {
      const std::uint8_t* pixel = row + scratch.starts[static_cast<std::size_t>(x)] * Channels;
      const int count = scratch.counts[static_cast<std::size_t>(x)];
      std::int32_t sum[Channels];
      std::fill(sum, sum + Channels, kHalf);
      for (int k = 0; k < count; ++k, pixel += Channels) {
        for (int c = 0; c < Channels; ++c) sum[c] += pixel[c] * weights[k];
      }
      for (int c = 0; c < Channels; ++c) *to++ = rounded(sum[c]);
    }
  }
}

void down(std::size_t row_bytes, int height, int most, Preprocessor::Scratch& scratch) {
  std::vector<std::int32_t> sums(row_bytes);
  const std::int32_t* weights = scratch.weights.data();
  std::uint8_t* to = scratch.resized.data();
  for (int y = 0; y < height; ++y, weights += most, to += row_bytes) {
    std::fill(sums.begin(), sums.end(), kHalf);
    const auto start = static_cast<std::size_t>(scratch.starts[static_cast<std::size_t>(y)]);
    const int count = scratch.counts[static_cast<std::size_t>(y)];
    for (int k = 0; k < count; ++k) {
      const std::uint8_t* row =
          scratch.narrow.data() + (start + static_cast<std::size_t>(k)) * row_bytes;
      const std::int32_t weight = weights[k];
      for (std::size_t x = 0; x < row_bytes; ++x) sums[x] += row[x] * weight;
    }
    for (std::size_t x = 0; x < row_bytes; ++x) to[x] = rounded(sums[x]);
  }
}

}  // namespace

void resize_bilinear(const PictureView& from, Box box, int width, int height,
                     Preprocessor::Scratch& scratch) {
  const auto channels = static_cast<std::size_t>(from.channels);
  const std::size_t row_bytes = static_cast<std::size_t>(width) * channels;
  scratch.narrow.resize(row_bytes * static_cast<std::size_t>(box.height));
  scratch.resized.resize(row_bytes * static_cast<std::size_t>(height));
  const int most_across = weigh(box.width, width, scratch);
  if (from.channels == 1) {
    across<1>(from, box, width, most_across, scratch);
  } else {
    across<3>(from, box, width, most_across, scratch);
  }
  const int most_down = weigh(box.height, height, scratch);
  down(row_bytes, height, most_down, scratch);
}

}  // namespace paragon
