// Pictures of every form, and files that lie, end early or are broken.
#include "worker/picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "worker/samples.h"

namespace paragon {
namespace {

using samples::jpeg;
using samples::noise;
using samples::png;
using testing::ElementsAre;
using testing::HasSubstr;

Picture decoded(const std::string& file) {
  Picture picture;
  const auto status = decode_picture(file, picture);
  EXPECT_TRUE(status) << (status ? "" : status.error().message);
  return picture;
}

std::string refusal(const std::string& file, const PictureLimits& limits = {}) {
  Picture picture;
  const auto status = decode_picture(file, picture, limits);
  if (status) return "decoded";
  EXPECT_EQ(status.error().code, ErrorCode::invalid);
  return status.error().message;
}

TEST(PicturePng, RgbComesBackExactly) {
  const auto pixels = noise(7 * 5 * 3);
  for (const bool interlaced : {false, true}) {
    const Picture picture = decoded(png(7, 5, pixels, {PNG_COLOR_TYPE_RGB, 8, interlaced}));
    EXPECT_EQ(picture.width, 7);
    EXPECT_EQ(picture.height, 5);
    EXPECT_EQ(picture.channels, 3);
    EXPECT_EQ(picture.pixels, pixels);
  }
}

TEST(PicturePng, GreyStaysOneChannel) {
  const auto pixels = noise(6 * 4);
  const Picture picture = decoded(png(6, 4, pixels, {PNG_COLOR_TYPE_GRAY, 8}));
  EXPECT_EQ(picture.channels, 1);
  EXPECT_EQ(picture.pixels, pixels);
}

TEST(PicturePng, OneBitBecomesBlackAndWhite) {
  const Picture picture = decoded(png(4, 1, {0b10100000}, {PNG_COLOR_TYPE_GRAY, 1}));
  EXPECT_THAT(picture.pixels, ElementsAre(255, 0, 255, 0));
}

TEST(PicturePng, SixteenBitsAreScaledToEight) {
  const Picture picture = decoded(png(2, 1, {0xff, 0xff, 0x80, 0x00}, {PNG_COLOR_TYPE_GRAY, 16}));
  EXPECT_THAT(picture.pixels, ElementsAre(255, 128));
}

TEST(PicturePng, PalettesBecomeRgb) {
  const Picture picture = decoded(png(2, 1, {7, 200}, {PNG_COLOR_TYPE_PALETTE, 8}));
  EXPECT_EQ(picture.channels, 3);
  EXPECT_THAT(picture.pixels, ElementsAre(7, 7, 7, 200, 200, 200));
}

TEST(PicturePng, TransparencyIsDropped) {
  EXPECT_THAT(decoded(png(1, 1, {1, 2, 3, 0}, {PNG_COLOR_TYPE_RGBA, 8})).pixels,
              ElementsAre(1, 2, 3));
  EXPECT_THAT(decoded(png(2, 1, {9, 255, 8, 0}, {PNG_COLOR_TYPE_GRAY_ALPHA, 8})).pixels,
              ElementsAre(9, 8));
}

TEST(PicturePng, EveryTruncationIsAnError) {
  const std::string whole = png(9, 9, noise(9 * 9 * 3));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    ASSERT_NE(refusal(whole.substr(0, size)), "decoded") << size << " of " << whole.size();
  }
  EXPECT_THAT(refusal(whole.substr(0, 60)), HasSubstr("the PNG picture is truncated or corrupt"));
}

TEST(PicturePng, AFlippedBitIsNoticed) {
  const std::string whole = png(9, 9, noise(9 * 9 * 3));
  const std::size_t pixels = whole.find("IDAT") + 4;
  const std::size_t end = whole.find("IEND") - 4;
  for (std::size_t i = pixels; i < end; ++i) {
    std::string file = whole;
    file[i] = static_cast<char>(file[i] ^ 0x10);
    ASSERT_THAT(refusal(file), HasSubstr("truncated or corrupt")) << "byte " << i;
  }
}

// Width, height and check sum of a PNG header, with nothing behind it.
std::string header(std::uint32_t width, std::uint32_t height) {
  std::string file = png(1, 1, {0}, {PNG_COLOR_TYPE_GRAY, 8});
  for (int i = 0; i < 4; ++i) {
    file[static_cast<std::size_t>(16 + i)] = static_cast<char>(width >> (24 - 8 * i));
    file[static_cast<std::size_t>(20 + i)] = static_cast<char>(height >> (24 - 8 * i));
  }
  std::uint32_t crc = 0xffffffffU;
  for (std::size_t i = 12; i < 29; ++i) {
    crc ^= static_cast<unsigned char>(file[i]);
    for (int k = 0; k < 8; ++k) crc = crc >> 1 ^ (0xedb88320U & (0U - (crc & 1U)));
  }
  crc = ~crc;
  for (int i = 0; i < 4; ++i) {
    file[static_cast<std::size_t>(29 + i)] = static_cast<char>(crc >> (24 - 8 * i));
  }
  return file;
}

TEST(PicturePng, ABombCostsNoMemory) {
  EXPECT_THAT(refusal(header(30000, 30000)), HasSubstr("states 30000 x 30000 pixels"));
  EXPECT_THAT(refusal(header(2147483647, 2147483647)), HasSubstr("states 2147483647 x"));
  EXPECT_THAT(refusal(header(1, 1000000)), HasSubstr("65500 a side"));
  // Within the limits, but a file of 70 bytes cannot hold 60 million pixels.
  EXPECT_THAT(refusal(header(10000, 6000)), HasSubstr("far too short"));
}

TEST(PicturePng, AChunkThatClaimsToBeHugeCostsNoMemory) {
  // 512 MB of text announced behind the header; the file ends a few bytes later.
  const std::string file = header(1, 1).substr(0, 33) + std::string("\x20\x00\x00\x03tEXta\0b", 11);
  rusage before{};
  rusage after{};
  getrusage(RUSAGE_SELF, &before);
  EXPECT_THAT(refusal(file), HasSubstr("too early"));
  getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 * 1024) << "KB more at its most";
}

TEST(PicturePng, TheLimitIsInclusive) {
  const std::string file = png(8, 4, noise(8 * 4 * 3));
  EXPECT_EQ(refusal(file, {.pixels_max = 32}), "decoded");
  EXPECT_THAT(refusal(file, {.pixels_max = 31}), HasSubstr("at most 31 pixels"));
}

std::vector<std::uint8_t> flat(int count, std::vector<std::uint8_t> pixel) {
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < count; ++i) pixels.insert(pixels.end(), pixel.begin(), pixel.end());
  return pixels;
}

void expect_near(const std::vector<std::uint8_t>& got, const std::vector<std::uint8_t>& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 3) << i;
}

TEST(PictureJpeg, RgbGreyAndProgressive) {
  const auto colour = flat(16 * 8, {200, 100, 50});
  for (const bool progressive : {false, true}) {
    const Picture picture = decoded(jpeg(16, 8, colour, 3, JCS_RGB, progressive));
    EXPECT_EQ(picture.width, 16);
    EXPECT_EQ(picture.height, 8);
    EXPECT_EQ(picture.channels, 3);
    expect_near(picture.pixels, colour);
  }
  const Picture grey = decoded(jpeg(8, 8, flat(64, {77}), 1, JCS_GRAYSCALE));
  EXPECT_EQ(grey.channels, 1);
  expect_near(grey.pixels, flat(64, {77}));
}

TEST(PictureJpeg, CmykAsPhotoshopWritesIt) {
  // libjpeg writes the Adobe marker for CMYK, whose inks are inverted: 255 is no ink.
  const Picture picture = decoded(jpeg(8, 8, flat(64, {255, 128, 0, 255}), 4, JCS_CMYK));
  EXPECT_EQ(picture.channels, 3);
  expect_near(picture.pixels, flat(64, {255, 128, 0}));
  expect_near(decoded(jpeg(8, 8, flat(64, {255, 255, 255, 0}), 4, JCS_CMYK)).pixels,
              flat(64, {0, 0, 0}));
}

TEST(PictureJpeg, EveryTruncationIsAnError) {
  const std::string whole = jpeg(24, 24, noise(24 * 24 * 3), 3, JCS_RGB);
  for (std::size_t size = 0; size + 4 < whole.size(); ++size) {
    ASSERT_NE(refusal(whole.substr(0, size)), "decoded") << size << " of " << whole.size();
  }
  EXPECT_THAT(refusal(whole.substr(0, whole.size() / 2)),
              HasSubstr("the JPEG picture is truncated or corrupt"));
}

TEST(PictureJpeg, SizesAreBounded) {
  std::string file = jpeg(8, 8, flat(64, {77}), 1, JCS_GRAYSCALE);
  const auto frame = file.find(std::string("\xff\xc0", 2));
  ASSERT_NE(frame, std::string::npos);
  for (std::size_t i = 5; i < 9; ++i) file[frame + i] = static_cast<char>(0xf0);
  EXPECT_THAT(refusal(file), HasSubstr("the JPEG picture states 61680 x 61680 pixels"));
}

TEST(Picture, RandomDamageNeverGetsThrough) {
  // Whatever comes out is a picture of the stated size or an error; the sanitizers watch the rest.
  const std::string files[] = {png(9, 9, noise(243)), jpeg(16, 16, noise(768), 3, JCS_RGB),
                               jpeg(16, 16, noise(768), 3, JCS_RGB, true)};
  const auto bytes = noise(6000);
  for (const std::string& whole : files) {
    for (std::size_t i = 0; i + 2 < bytes.size(); i += 3) {
      std::string file = whole;
      file[(bytes[i] * 256U + bytes[i + 1]) % file.size()] = static_cast<char>(bytes[i + 2]);
      Picture picture;
      if (!decode_picture(file, picture, {.pixels_max = 100000})) continue;
      EXPECT_EQ(picture.pixels.size(), static_cast<std::size_t>(picture.width) *
                                           static_cast<std::size_t>(picture.height) *
                                           static_cast<std::size_t>(picture.channels));
    }
  }
}

TEST(Picture, OtherFilesAreNamed) {
  EXPECT_THAT(refusal("GIF89a..."),
              HasSubstr("neither PNG nor JPEG: 9 bytes that begin with 47 49"));
  EXPECT_THAT(refusal(""), HasSubstr("0 bytes"));
}

}  // namespace
}  // namespace paragon
