// From a picture to the numbers a network reads:
// central crop -> resize -> channels -> (pixel - mean) / std -> layout.
//
// The resize is Pillow's anti-aliased bilinear filter (a triangle as wide as the reduction), in the
// same fixed-point arithmetic, because that is what published accuracies were mostly measured with;
// tests hold it to Pillow's values bit by bit. A picture that has the network's size already skips
// it. Grey is ITU-R 601 (299 R + 587 G + 114 B), rounded as Pillow rounds.
// Thread-safety: a Preprocessor is immutable; each thread brings its own Scratch.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "catalog/variant.h"
#include "worker/picture.h"

namespace paragon {

class Preprocessor {
 public:
  // `how` has passed the catalog's validation: sides of 1 to 4096, one mean and one std a channel.
  explicit Preprocessor(const Preprocessing& how);

  // Memory used again from one picture to the next.
  struct Scratch {
    std::vector<std::uint8_t> narrow;  // resized across, not yet down
    std::vector<std::uint8_t> resized;
    std::vector<std::int32_t> weights;
    std::vector<int> starts;
    std::vector<int> counts;
  };

  std::size_t numbers() const;  // of one picture: channels x height x width
  // Writes numbers() floats. The picture has at least one pixel.
  void run(const PictureView& picture, float* out, Scratch& scratch) const;

 private:
  Preprocessing how_;
  std::array<std::array<float, 256>, 3> table_;  // (pixel - mean) / std, for each channel
};

// Pillow's resize(BILINEAR) of the box (left, top, width, height) of `from`, 8 bits a channel.
// The result lies in scratch.resized. The box is inside the picture and not empty.
struct Box {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
};
void resize_bilinear(const PictureView& from, Box box, int width, int height,
                     Preprocessor::Scratch& scratch);

}  // namespace paragon
