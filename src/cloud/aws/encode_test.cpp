#include "cloud/aws/encode.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "cloud/aws/instant.h"

namespace paragon::aws {
namespace {

TEST(Encode, PercentKeepsOnlyTheUnreserved) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode("a b/c+%\xC3\xA9"), "a%20b%2Fc%2B%25%C3%A9");
  EXPECT_EQ(percent_encode("a/b c", "/"), "a/b%20c");
}

TEST(Encode, FormKeepsTheOrderAQueryIsSorted) {
  const Pairs pairs{{"b", "1"}, {"a", "="}};
  EXPECT_EQ(form(pairs), "b=1&a=%3D");
  EXPECT_EQ(sorted_query(pairs), "a=%3D&b=1");
}

TEST(Instant, WritesAndReadsBack) {
  Random random(3);
  for (int i = 0; i < 1000; ++i) {
    const Instant when{std::chrono::seconds(random.below(4'000'000'000))};
    const auto read = read_instant(extended_text(when));
    ASSERT_TRUE(read) << extended_text(when);
    EXPECT_EQ(*read, when);
  }
  EXPECT_EQ(basic_text(Instant(std::chrono::seconds(1440938160))), "20150830T123600Z");
}

TEST(Instant, ReadsTheFormsOfAnswers) {
  const Instant expected{std::chrono::seconds(1440938160)};
  for (const char* text : {"2015-08-30T12:36:00Z", "2015-08-30T12:36:00.123Z",
                           "2015-08-30T12:36:00.000+0000", "2015-08-30T12:36:00+00:00"}) {
    const auto read = read_instant(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, expected) << text;
  }
}

TEST(Instant, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2015-08-30", "2015-02-30T00:00:00Z", "2015-08-30T24:00:00Z",
                           "2015-08-30T12:36:00", "2015-08-30T12:36:00.Z", "2015-08-30 12:36:00Z",
                           "2015-08-30T12:36:00+02:00", "15-08-30T12:36:00Z"}) {
    EXPECT_FALSE(read_instant(text)) << text;
  }
}

}  // namespace
}  // namespace paragon::aws
