// Preprocessing against values worked out by hand and against Pillow's, bit by bit.
#include "worker/preprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/samples.h"

namespace paragon {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

std::vector<std::uint8_t> resized(const PictureView& from, Box box, int width, int height) {
  Preprocessor::Scratch scratch;
  resize_bilinear(from, box, width, height, scratch);
  return scratch.resized;
}

TEST(Resize, HalvingWeighsThreeThreeOne) {
  // A triangle of reach 2 around 1.0 weighs pixel centres 0.5, 1.5 and 2.5 as 3 : 3 : 1 (sevenths).
  // Pixel (x, y) = 35 x + 35 y, so each axis gives (0 * 3 + 35 * 3 + 70) / 7 = 25 and 80.
  std::vector<std::uint8_t> pixels;
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) pixels.push_back(static_cast<std::uint8_t>(35 * x + 35 * y));
  }
  EXPECT_THAT(resized({4, 4, 1, pixels.data()}, {0, 0, 4, 4}, 2, 2),
              ElementsAre(50, 105, 105, 160));
}

TEST(Resize, DoublingInterpolates) {
  const std::vector<std::uint8_t> pixels = {0, 100};
  EXPECT_THAT(resized({2, 1, 1, pixels.data()}, {0, 0, 2, 1}, 4, 1), ElementsAre(0, 25, 75, 100));
}

// Pillow 9.4: Image.fromarray(noise of 9 x 13 x 3).resize(size, BILINEAR).
TEST(Resize, EqualsPillow) {
  const auto pixels = samples::noise(13 * 9 * 3);
  const PictureView picture{13, 9, 3, pixels.data()};
  EXPECT_THAT(resized(picture, {0, 0, 13, 9}, 5, 4),
              ElementsAreArray({147, 113, 128, 164, 118, 149, 108, 120, 126, 118, 130, 103,
                                151, 129, 133, 101, 133, 92,  135, 109, 118, 153, 115, 125,
                                136, 131, 103, 103, 104, 98,  130, 153, 94,  132, 127, 133,
                                113, 120, 140, 121, 161, 143, 145, 117, 108, 138, 125, 122,
                                128, 128, 132, 128, 78,  130, 134, 117, 132, 83,  143, 136}));
  // Narrower and taller at once: the first row and the last pixel of 6 x 11.
  const auto mixed = resized(picture, {0, 0, 13, 9}, 6, 11);
  ASSERT_EQ(mixed.size(), 198U);
  EXPECT_THAT(std::vector<int>(mixed.begin(), mixed.begin() + 18),
              ElementsAre(164, 127, 173, 204, 166, 184, 118, 69, 176, 95, 93, 97, 83, 119, 164, 129,
                          76, 158));
  EXPECT_THAT(std::vector<int>(mixed.end() - 6, mixed.end()),
              ElementsAre(111, 137, 166, 32, 149, 150));
  // crop((1, 1, 12, 8)) first.
  EXPECT_THAT(resized(picture, {1, 1, 11, 7}, 3, 2),
              ElementsAre(130, 122, 107, 140, 122, 122, 139, 131, 99, 136, 136, 121, 122, 116, 141,
                          132, 137, 129));
}

Preprocessing plan(int width, int height, ChannelOrder channels, Layout layout = Layout::nchw) {
  Preprocessing how;
  how.width = width;
  how.height = height;
  how.channels = channels;
  how.layout = layout;
  how.mean.assign(static_cast<std::size_t>(how.channel_count()), 0.0F);
  how.std.assign(static_cast<std::size_t>(how.channel_count()), 1.0F);
  return how;
}

std::vector<float> run(const Preprocessing& how, const PictureView& picture) {
  const Preprocessor preprocessor(how);
  std::vector<float> out(preprocessor.numbers());
  Preprocessor::Scratch scratch;
  preprocessor.run(picture, out.data(), scratch);
  return out;
}

const std::vector<std::uint8_t> kTwoPixels = {10, 20, 30, 40, 50, 60};

TEST(Preprocess, Layouts) {
  const PictureView picture{2, 1, 3, kTwoPixels.data()};
  EXPECT_THAT(run(plan(2, 1, ChannelOrder::rgb), picture), ElementsAre(10, 40, 20, 50, 30, 60));
  EXPECT_THAT(run(plan(2, 1, ChannelOrder::bgr), picture), ElementsAre(30, 60, 20, 50, 10, 40));
  EXPECT_THAT(run(plan(2, 1, ChannelOrder::rgb, Layout::nhwc), picture),
              ElementsAre(10, 20, 30, 40, 50, 60));
  EXPECT_THAT(run(plan(2, 1, ChannelOrder::bgr, Layout::nhwc), picture),
              ElementsAre(30, 20, 10, 60, 50, 40));
}

TEST(Preprocess, NormalisesEachChannelByItsOwnFigures) {
  Preprocessing how = plan(2, 1, ChannelOrder::bgr);
  how.mean = {1, 2, 3};  // of blue, green, red: the network's order
  how.std = {1, 2, 0.5};
  EXPECT_THAT(run(how, {2, 1, 3, kTwoPixels.data()}), ElementsAre(29, 59, 9, 24, 14, 74));
}

TEST(Preprocess, GreyAsPillowRounds) {
  const auto pixels = samples::noise(13 * 9 * 3);
  const auto grey = run(plan(13, 9, ChannelOrder::gray), {13, 9, 3, pixels.data()});
  EXPECT_THAT(std::vector<float>(grey.begin(), grey.begin() + 12),
              ElementsAre(148, 105, 224, 210, 79, 63, 155, 51, 106, 142, 97, 51));
}

TEST(Preprocess, GreyFeedsColourNetworks) {
  const std::vector<std::uint8_t> pixels = {7, 9};
  EXPECT_THAT(run(plan(2, 1, ChannelOrder::rgb), {2, 1, 1, pixels.data()}),
              ElementsAre(7, 9, 7, 9, 7, 9));
}

TEST(Preprocess, CropsTheMiddle) {
  // Half of 4 x 4 is the 2 x 2 in the middle, which needs no resize.
  std::vector<std::uint8_t> pixels(16);
  for (std::size_t i = 0; i < 16; ++i) pixels[i] = static_cast<std::uint8_t>(i);
  Preprocessing how = plan(2, 2, ChannelOrder::gray);
  how.central_crop = 0.5;
  EXPECT_THAT(run(how, {4, 4, 1, pixels.data()}), ElementsAre(5, 6, 9, 10));
}

TEST(Preprocess, TheSmallestPictureFillsTheLargestInput) {
  const std::vector<std::uint8_t> pixels = {200};
  const auto out = run(plan(9, 7, ChannelOrder::gray), {1, 1, 1, pixels.data()});
  EXPECT_EQ(out, std::vector<float>(63, 200));
}

}  // namespace
}  // namespace paragon
