#include "cloud/aws/single_sign_on.h"

#include <gmock/gmock.h>

namespace paragon::aws {
namespace {

using testing::HasSubstr;
using testing::Not;

const SingleSignOn kLogin{"work", "/cache/x.json", "eu-west-1", "123456789012", "Deploy"};
const Instant kNow = read_instant("2026-01-31T12:00:00Z").value();

TEST(SingleSignOn, ReadsALoginUntilItExpires) {
  for (const char* until : {"2026-01-31T12:00:01Z", "2026-01-31T12:00:01UTC"}) {
    const auto token = sso::read_token(
        std::string(R"({"accessToken":"HIDDEN","expiresAt":")") + until + "\"}", kLogin, kNow);
    ASSERT_TRUE(token) << token.error().message;
    EXPECT_EQ(token->reveal(), "HIDDEN");
  }
  const auto late = sso::read_token(
      R"({"accessToken":"HIDDEN","expiresAt":"2026-01-31T12:00:00Z"})", kLogin, kNow);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::denied);
  EXPECT_EQ(late.error().message,
            "the login of 2026-01-31T12:00:00Z has expired; run `aws sso login --profile work`");
}

TEST(SingleSignOn, AFileThatIsNoLoginSaysHowToLogIn) {
  for (const char* text : {"", "HIDDEN", "[]", R"({"accessToken":"HIDDEN"})",
                           R"({"accessToken":"HIDDEN","expiresAt":"soon"})",
                           R"({"accessToken":7,"expiresAt":"2026-01-31T12:00:01Z"})"}) {
    const auto token = sso::read_token(text, kLogin, kNow);
    ASSERT_FALSE(token) << text;
    EXPECT_THAT(token.error().message,
                HasSubstr("/cache/x.json holds no login; run `aws sso login --profile work`"));
    EXPECT_THAT(token.error().message, Not(HasSubstr("HIDDEN")));
  }
}

TEST(SingleSignOn, AsksForTheRoleOfTheAccount) {
  const auto request = sso::request("portal", kLogin, Secret("HIDDEN"));
  EXPECT_EQ(target(request), "/federation/credentials?account_id=123456789012&role_name=Deploy");
  EXPECT_EQ(request.headers.find("x-amz-sso_bearer_token"), "HIDDEN");
}

TEST(SingleSignOn, ReadsWholeCredentialsOnly) {
  const auto read = sso::read_credentials(
      R"({"roleCredentials":{"accessKeyId":"AK","secretAccessKey":"S","sessionToken":"T",)"
      R"("expiration":1769860800999}})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->access_key_id, "AK");
  EXPECT_EQ(extended_text(*read->expires), "2026-01-31T12:00:00Z");
  for (const char* body :
       {"", "{}", "[]", R"({"roleCredentials":[]})",
        R"({"roleCredentials":{"accessKeyId":"AK","secretAccessKey":"S","sessionToken":"T"}})",
        R"({"roleCredentials":{"accessKeyId":"AK","secretAccessKey":"S","sessionToken":"T",)"
        R"("expiration":9223372036854775807}})"}) {
    EXPECT_FALSE(sso::read_credentials(body)) << body;
  }
}

}  // namespace
}  // namespace paragon::aws
