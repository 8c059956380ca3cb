#include "cloud/aws/process_answer.h"

#include <gmock/gmock.h>

namespace paragon::aws {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ProcessAnswer, ReadsVersionOne) {
  const auto all = read_process_answer(
      R"({"Version":1,"AccessKeyId":"AK","SecretAccessKey":"S","SessionToken":"T",)"
      R"("Expiration":"2026-01-31T23:59:59.5Z","More":[]})"
      "\n");
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->secret_access_key.reveal(), "S");
  EXPECT_EQ(all->session_token.reveal(), "T");
  EXPECT_EQ(extended_text(*all->expires), "2026-01-31T23:59:59Z");
  const auto lasting =
      read_process_answer(R"({"Version":1,"AccessKeyId":"AK","SecretAccessKey":"S"})");
  ASSERT_TRUE(lasting);
  EXPECT_FALSE(lasting->expires);
  EXPECT_TRUE(lasting->session_token.empty());
}

TEST(ProcessAnswer, SaysWhatIsWrongAndNotWhatWasPrinted) {
  for (const auto& [text, why] :
       {std::pair{"HIDDEN", "it printed no JSON"},
        {"", "it printed no JSON"},
        {R"({"AccessKeyId":"AK","SecretAccessKey":"HIDDEN"})", "not of version 1"},
        {R"({"Version":2,"AccessKeyId":"AK","SecretAccessKey":"HIDDEN"})", "not of version 1"},
        {R"({"Version":"1","AccessKeyId":"AK","SecretAccessKey":"HIDDEN"})", "not of version 1"},
        {R"({"Version":1,"SecretAccessKey":"HIDDEN"})", "no AccessKeyId"},
        {R"({"Version":1,"AccessKeyId":"AK","SecretAccessKey":"HIDDEN","Expiration":"soon"})",
         "its Expiration: 'soon' is not a time"}}) {
    const auto read = read_process_answer(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::invalid);
    EXPECT_THAT(read.error().message, HasSubstr(why));
    EXPECT_THAT(read.error().message, Not(HasSubstr("HIDDEN")));
  }
}

}  // namespace
}  // namespace paragon::aws
