// Which number of classes counts, and what is refused.
#include "wire/top_k.h"

#include <gtest/gtest.h>

namespace paragon::oip {
namespace {

using namespace std::string_literals;

http::Headers header(std::string_view value) {
  http::Headers headers;
  if (!value.empty()) headers.add("x-paragon-top-k", std::string(value));
  return headers;
}

TEST(TopK, TheParameterCountsBeforeTheHeader) {
  EXPECT_EQ(*asked_top_k({{"top_k", std::int64_t{3}}}, header("7")), 3U);
  EXPECT_EQ(*asked_top_k({{"top_k", "4"s}}, header("")), 4U);
  EXPECT_EQ(*asked_top_k({}, header("7")), 7U);
  EXPECT_EQ(*asked_top_k({}, header("")), std::nullopt);
}

TEST(TopK, AnythingButAWholeNumberOfAtLeastOneIsRefused) {
  EXPECT_FALSE(asked_top_k({{"top_k", std::int64_t{0}}}, header("7"))) << "the header is no remedy";
  EXPECT_FALSE(asked_top_k({{"top_k", 2.5}}, header("")));
  EXPECT_FALSE(asked_top_k({{"top_k", "three"s}}, header("")));
  for (const char* text : {"0", "-1", "2.5", "3 ", "99999999999999999999"}) {
    const auto k = asked_top_k({}, header(text));
    ASSERT_FALSE(k) << text;
    EXPECT_NE(k.error().message.find(text), std::string::npos) << k.error().message;
  }
}

}  // namespace
}  // namespace paragon::oip
