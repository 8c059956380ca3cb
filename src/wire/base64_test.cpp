#include "wire/base64.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace paragon {
namespace {

// Vectors of RFC 4648, section 10.
TEST(Base64, WritesTheVectorsOfTheStandard) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Base64, ReadsBackAnyBytes) {
  Random random(7);
  for (int size = 0; size < 100; ++size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(random.below(256));
    EXPECT_EQ(from_base64(base64(bytes)), bytes);
  }
}

TEST(Base64, ReadsWhatClientsSend) {
  EXPECT_EQ(from_base64("_-8"), "\xff\xef") << "the alphabet of addresses, without padding";
  EXPECT_EQ(from_base64("/+8="), "\xff\xef");
  EXPECT_EQ(from_base64("Zm9v\r\nYmFy\n"), "foobar");
  EXPECT_EQ(from_base64("Zm8=\n"), "fo");
  EXPECT_EQ(from_base64(""), "");
}

TEST(Base64, RefusesWhatIsNone) {
  for (const char* text : {"Z", "Zg=a", "Z g=", "Zm9*", "Zm9vY", "{}", "Zg\xc3\xa9"}) {
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace paragon
