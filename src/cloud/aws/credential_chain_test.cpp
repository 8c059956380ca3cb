#include "cloud/aws/credential_chain.h"

#include <gmock/gmock.h>

#include <map>

namespace paragon::aws {
namespace {

using testing::HasSubstr;
using testing::Not;
using Texts = std::map<std::string, std::string>;

Outside outside(Texts variables, Texts files = {}) {
  variables.try_emplace("HOME", "/home/a");
  return {[variables](const std::string& name) {
            const auto found = variables.find(name);
            return found == variables.end() ? std::string() : found->second;
          },
          [files](const std::string& path) -> Result<std::optional<std::string>> {
            const auto found = files.find(path);
            if (found == files.end()) return std::optional<std::string>();
            return std::optional(found->second);
          }};
}

const Texts kFiles = {
    {"/home/a/.aws/credentials",
     "[default]\naws_access_key_id=AKDEFAULT\naws_secret_access_key=HIDDEN\n[work]\n"
     "aws_access_key_id=AKWORK\naws_secret_access_key=HIDDEN\naws_session_token=LENT\n"},
    {"/home/a/.aws/config",
     "[default]\nregion=eu-central-1\n[profile work]\nregion=cn-north-1\n[profile pod]\n"
     "web_identity_token_file=/token\nrole_arn=arn:aws:iam::1:role/r\n[profile "
     "late]\naws_access_key_id=AKLATE\naws_secret_access_key=HIDDEN\n"}};

std::string key_of(const Result<CredentialPlan>& plan) {
  if (!plan) return plan.error().message;
  const auto* keys = std::get_if<Credentials>(&plan->from);
  return keys ? keys->access_key_id : "no keys";
}

std::string why_not(Texts variables, Texts files, ErrorCode code) {
  const auto plan = plan_credentials(outside(std::move(variables), std::move(files)));
  if (plan) return "planned: " + plan->described;
  EXPECT_EQ(plan.error().code, code);
  EXPECT_THAT(plan.error().message, Not(HasSubstr("HIDDEN")));
  return plan.error().message;
}

TEST(CredentialChain, TheEnvironmentComesFirst) {
  const auto plan = plan_credentials(outside({{"AWS_ACCESS_KEY_ID", "AKENV"},
                                              {"AWS_SECRET_ACCESS_KEY", "HIDDEN"},
                                              {"AWS_SESSION_TOKEN", "LENT"},
                                              {"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"},
                                              {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"}},
                                             kFiles));
  EXPECT_EQ(key_of(plan), "AKENV");
  EXPECT_EQ(std::get<Credentials>(plan->from).session_token.reveal(), "LENT");
  EXPECT_EQ(plan->region, "eu-central-1");
}

TEST(CredentialChain, ThenWebIdentity) {
  const auto plan = plan_credentials(outside(
      {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}, {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"}},
      kFiles));
  ASSERT_TRUE(plan);
  const auto& identity = std::get<WebIdentity>(plan->from);
  EXPECT_EQ(identity.token_file, "/token");
  EXPECT_EQ(identity.role_arn, "arn:aws:iam::1:role/r");
  const auto pod = plan_credentials(outside({{"AWS_PROFILE", "pod"}}, kFiles));
  ASSERT_TRUE(pod);
  EXPECT_TRUE(std::holds_alternative<WebIdentity>(pod->from));
}

TEST(CredentialChain, ThenTheProfileInEitherFile) {
  EXPECT_EQ(key_of(plan_credentials(outside({}, kFiles))), "AKDEFAULT");
  const auto work = plan_credentials(outside({{"AWS_PROFILE", "work"}}, kFiles));
  EXPECT_EQ(key_of(work), "AKWORK");
  EXPECT_EQ(work->region, "cn-north-1");
  EXPECT_EQ(work->region_from, "profile 'work' in /home/a/.aws/config");
  EXPECT_EQ(work->described, "profile 'work' in /home/a/.aws/credentials");
  EXPECT_EQ(key_of(plan_credentials(outside({{"AWS_PROFILE", "late"}}, kFiles))), "AKLATE");
}

TEST(CredentialChain, ThenTheInstance) {
  const auto plan = plan_credentials(outside({}));
  ASSERT_TRUE(plan);
  EXPECT_TRUE(std::holds_alternative<InstanceRole>(plan->from));
  EXPECT_THAT(plan->tried, HasSubstr("AWS_ACCESS_KEY_ID is not set"));
  EXPECT_THAT(plan->tried, HasSubstr("/home/a/.aws/credentials"));
  EXPECT_EQ(plan->region, "");
  EXPECT_THAT(why_not({{"AWS_EC2_METADATA_DISABLED", "True"}}, {}, ErrorCode::not_found),
              HasSubstr("aws configure"));
}

TEST(CredentialChain, FilesAndRegionCanBeElsewhere) {
  const auto plan = plan_credentials(
      outside({{"AWS_SHARED_CREDENTIALS_FILE", "~/keys"}, {"AWS_DEFAULT_REGION", "eu-west-1"}},
              {{"/home/a/keys", "[default]\naws_access_key_id=AK\naws_secret_access_key=HIDDEN"}}));
  EXPECT_EQ(key_of(plan), "AK");
  EXPECT_EQ(plan->region, "eu-west-1");
  EXPECT_EQ(plan->region_from, "AWS_DEFAULT_REGION");
  EXPECT_EQ(plan_credentials(outside({{"AWS_DEFAULT_REGION", "b"}, {"AWS_REGION", "a"}}))->region,
            "a");
}

TEST(CredentialChain, AContainersEndpointComesBeforeTheInstanceAndBehindTheProfile) {
  const Texts task = {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/CAPABILITY"}};
  const auto plan = plan_credentials(outside(task));
  ASSERT_TRUE(plan);
  const auto& role = std::get<ContainerRole>(plan->from);
  EXPECT_EQ(role.endpoint.host, "169.254.170.2");
  EXPECT_EQ(role.target, "/v2/credentials/CAPABILITY");
  EXPECT_THAT(plan->described, Not(HasSubstr("CAPABILITY")));
  EXPECT_EQ(plan->tried, "");
  EXPECT_EQ(key_of(plan_credentials(outside(task, kFiles))), "AKDEFAULT");
}

TEST(CredentialChain, WhereBothFilesSpeakOfAProfileTheCredentialsFileCounts) {
  const auto plan = plan_credentials(outside(
      {}, {{"/home/a/.aws/credentials", "[default]\nregion=a\nweb_identity_token_file=/mine\n"},
           {"/home/a/.aws/config",
            "[default]\nregion=b\nweb_identity_token_file=/theirs\nrole_arn=arn:x\n"}}));
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->region, "a");
  EXPECT_EQ(std::get<WebIdentity>(plan->from).token_file, "/mine");
  EXPECT_EQ(std::get<WebIdentity>(plan->from).role_arn, "arn:x");
}

TEST(CredentialChain, ReadsWhenTheKeysOfTheEnvironmentEnd) {
  Texts keys = {{"AWS_ACCESS_KEY_ID", "AK"},
                {"AWS_SECRET_ACCESS_KEY", "HIDDEN"},
                {"AWS_CREDENTIAL_EXPIRATION", "2026-01-31T23:59:59+00:00"}};
  const auto plan = plan_credentials(outside(keys));
  ASSERT_TRUE(plan);
  EXPECT_EQ(extended_text(*std::get<Credentials>(plan->from).expires), "2026-01-31T23:59:59Z");
  keys["AWS_CREDENTIAL_EXPIRATION"] = "soon";
  EXPECT_THAT(why_not(keys, {}, ErrorCode::invalid), HasSubstr("AWS_CREDENTIAL_EXPIRATION"));
}

TEST(CredentialChain, SaysWhatIsWrong) {
  EXPECT_THAT(why_not({{"AWS_ACCESS_KEY_ID", "AK"}}, {}, ErrorCode::invalid),
              HasSubstr("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not"));
  EXPECT_THAT(why_not({{"AWS_SECRET_ACCESS_KEY", "HIDDEN"}}, {}, ErrorCode::invalid),
              HasSubstr("AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not"));
  EXPECT_THAT(why_not({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}}, {}, ErrorCode::invalid),
              HasSubstr("ARN of the role"));
  EXPECT_THAT(why_not({{"AWS_PROFILE", "none"}}, kFiles, ErrorCode::not_found),
              HasSubstr("'none' (AWS_PROFILE) is neither in /home/a/.aws/credentials nor in "
                        "/home/a/.aws/config"));
  EXPECT_THAT(why_not({}, {{"/home/a/.aws/config", "HIDDEN"}}, ErrorCode::invalid),
              HasSubstr("/home/a/.aws/config:1"));
}

TEST(CredentialChain, AFileThatCannotBeReadIsTold) {
  Outside broken = outside({});
  broken.read = [](const std::string& path) -> Result<std::optional<std::string>> {
    return Error{ErrorCode::denied, path + ": permission denied"};
  };
  const auto plan = plan_credentials(broken);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, ErrorCode::denied);
}

}  // namespace
}  // namespace paragon::aws
