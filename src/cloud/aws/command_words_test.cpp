#include "cloud/aws/command_words.h"

#include <gmock/gmock.h>

namespace paragon::aws {
namespace {

using Words = std::vector<std::string>;

TEST(CommandWords, SplitsAsAShellWould) {
  for (const auto& [line, words] : std::vector<std::pair<std::string, Words>>{
           {"a", {"a"}},
           {"  a\tb  c ", {"a", "b", "c"}},
           {R"(a "b c" 'd e')", {"a", "b c", "d e"}},
           {R"(a"b"'c'd)", {"abcd"}},
           {R"(a "" '')", {"a", "", ""}},
           {R"(a\ b \"c\\)", {"a b", "\"c\\"}},
           {R"("a\"b\\c\d")", {"a\"b\\c\\d"}},
           {R"('a\"b')", {"a\\\"b"}},
           {"$HOME *.x # y", {"$HOME", "*.x", "#", "y"}},
       }) {
    const auto split = command_words(line);
    ASSERT_TRUE(split) << line;
    EXPECT_EQ(*split, words) << line;
  }
}

TEST(CommandWords, RefusesHalfOfOne) {
  for (const char* line : {"", "  ", "a 'b", "a \"b", "a \"b\\\"", "a\\"}) {
    const auto split = command_words(line);
    ASSERT_FALSE(split) << line;
    EXPECT_EQ(split.error().code, ErrorCode::invalid);
  }
}

}  // namespace
}  // namespace paragon::aws
