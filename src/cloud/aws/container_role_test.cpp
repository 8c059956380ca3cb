#include "cloud/aws/container_role.h"

#include <gmock/gmock.h>

#include <map>

namespace paragon::aws {
namespace {

using testing::HasSubstr;
using testing::Not;
using Texts = std::map<std::string, std::string>;

constexpr const char* kFull = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr Duration kTimeout = std::chrono::seconds(2);

Variables variables(const Texts& values) {
  return [values](const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

Outside outside(const Texts& files) {
  return {variables({}), [files](const std::string& path) -> Result<std::optional<std::string>> {
            const auto found = files.find(path);
            if (found == files.end()) return std::optional<std::string>();
            return std::optional(found->second);
          }};
}

ContainerRole role(const Texts& values) {
  auto found = container::role_in_environment(variables(values));
  EXPECT_TRUE(found) << (found ? "" : found.error().message);
  return std::get<ContainerRole>((*found)->from);
}

TEST(ContainerRole, TokensGoOnlyWhereNobodyElseListens) {
  for (const char* url :
       {"http://127.0.0.1:81/x", "http://127.9.9.9/x", "http://localhost:81/x", "http://[::1]/x",
        "http://169.254.170.2/x", "http://169.254.170.23/v1/credentials",
        "http://[fd00:ec2::23]/v1/credentials", "https://keys.example/x"}) {
    EXPECT_TRUE(container::role_in_environment(variables({{kFull, url}}))) << url;
  }
  for (const char* url :
       {"http://keys.example/x", "http://169.254.169.254/x", "http://10.0.0.1/x",
        "http://localhost.example/x", "http://127.0.0.1@keys.example/x", "ftp://127.0.0.1/x",
        "127.0.0.1/x", "http:///x", "http://127.0.0.1/a b"}) {
    const auto found = container::role_in_environment(variables({{kFull, url}}));
    ASSERT_FALSE(found) << url;
    EXPECT_EQ(found.error().code, ErrorCode::invalid);
    EXPECT_THAT(found.error().message, testing::StartsWith(kFull));
  }
}

TEST(ContainerRole, TheRelativeOneGoesFirstAndIsAPathAtEcs) {
  const Texts both = {{kFull, "http://keys.example/"},
                      {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/id?x=1"}};
  const auto made = role(both);
  EXPECT_EQ(made.endpoint.host, "169.254.170.2");
  EXPECT_EQ(made.endpoint.port, 80);
  EXPECT_EQ(made.target, "/v2/credentials/id?x=1");
  const auto wrong = container::role_in_environment(
      variables({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@keys.example/"}}));
  ASSERT_FALSE(wrong);
  EXPECT_FALSE(container::role_in_environment(variables({}))->has_value());
}

TEST(ContainerRole, ATokensFileGoesBeforeATokenAndIsReadEachTime) {
  const auto made = role({{kFull, "http://127.0.0.1:81"},
                          {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic HIDDEN"},
                          {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token"}});
  EXPECT_EQ(made.target, "/");
  EXPECT_EQ(
      container::call(made, outside({{"/token", "one"}}), kTimeout)->headers.find("authorization"),
      "one");
  EXPECT_EQ(
      container::call(made, outside({{"/token", "two"}}), kTimeout)->headers.find("authorization"),
      "two");
  const auto missing = container::call(made, outside({}), kTimeout);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  const auto lines = container::call(made, outside({{"/token", "HIDDEN\r\nx: y"}}), kTimeout);
  ASSERT_FALSE(lines);
  EXPECT_THAT(lines.error().message, HasSubstr("/token has more than one line"));
  EXPECT_THAT(lines.error().message, Not(HasSubstr("HIDDEN")));
  const auto plain = role(
      {{kFull, "http://127.0.0.1:81/x"}, {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic HIDDEN"}});
  EXPECT_EQ(container::call(plain, outside({}), kTimeout)->headers.find("authorization"),
            "Basic HIDDEN");
  const auto none = role({{kFull, "http://127.0.0.1:81/x"}});
  EXPECT_FALSE(container::call(none, outside({}), kTimeout)->headers.has("authorization"));
}

TEST(ContainerRole, ReadsWholeCredentialsOnly) {
  const auto read = container::read_credentials(
      R"({"RoleArn":"arn:x","AccessKeyId":"AK","SecretAccessKey":"S","Token":"T",)"
      R"("Expiration":"2026-01-31T23:59:59Z"})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->session_token.reveal(), "T");
  EXPECT_EQ(extended_text(*read->expires), "2026-01-31T23:59:59Z");
  for (const char* body : {"", "[]", "{}", R"({"AccessKeyId":"AK","SecretAccessKey":"S"})",
                           R"({"AccessKeyId":1,"SecretAccessKey":"S","Token":"T",)"
                           R"("Expiration":"2026-01-31T23:59:59Z"})"}) {
    EXPECT_FALSE(container::read_credentials(body)) << body;
  }
}

}  // namespace
}  // namespace paragon::aws
