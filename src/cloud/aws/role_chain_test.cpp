// Profiles whose role is taken on with other credentials, as the whole chain plans them.
#include <gmock/gmock.h>

#include <map>

#include "cloud/aws/credential_chain.h"

namespace paragon::aws {
namespace {

using testing::HasSubstr;
using testing::Not;
using Texts = std::map<std::string, std::string>;

Result<CredentialPlan> plan(const std::string& config, Texts variables = {}) {
  variables["HOME"] = "/h";
  variables["AWS_PROFILE"] = "a";
  return plan_credentials({[variables](const std::string& name) {
                             const auto found = variables.find(name);
                             return found == variables.end() ? std::string() : found->second;
                           },
                           [config](const std::string& path) {
                             return path == "/h/.aws/config" ? std::optional(config) : std::nullopt;
                           }});
}

std::string refused(const std::string& config, ErrorCode code, Texts variables = {}) {
  const auto made = plan(config, std::move(variables));
  if (made) return "planned: " + made->described;
  EXPECT_EQ(made.error().code, code) << made.error().message;
  EXPECT_THAT(made.error().message, Not(HasSubstr("HIDDEN")));
  EXPECT_THAT(made.error().message, Not(HasSubstr("\n")));
  return made.error().message;
}

const std::string kKeys = "aws_access_key_id=AK\naws_secret_access_key=HIDDEN\n";

TEST(RoleChain, TakesOnARoleWithAnotherProfilesKeys) {
  const auto made = plan(
      "[profile a]\nrole_arn=arn:aws:iam::1:role/r\nsource_profile=b\nexternal_id=x\n"
      "role_session_name=me\nduration_seconds=1800\nregion=eu-west-3\n[profile b]\nregion=no\n" +
      kKeys);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(std::get<Credentials>(made->from).access_key_id, "AK");
  ASSERT_EQ(made->roles.size(), 1U);
  EXPECT_EQ(made->roles[0].arn, "arn:aws:iam::1:role/r");
  EXPECT_EQ(made->roles[0].session_name, "me");
  EXPECT_EQ(made->roles[0].external_id, "x");
  EXPECT_EQ(made->roles[0].duration_s, 1800);
  EXPECT_EQ(made->region, "eu-west-3");
  EXPECT_EQ(made->described,
            "role arn:aws:iam::1:role/r, taken on with profile 'b' in /h/.aws/config");
}

TEST(RoleChain, ChainsAreTakenOnFromTheirFarEnd) {
  const auto made = plan(
      "[profile a]\nrole_arn=arn:1\nsource_profile=b\n[profile b]\nrole_arn=arn:2\n"
      "source_profile=c\n[profile c]\nrole_arn=arn:3\ncredential_source=Ec2InstanceMetadata\n");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(std::holds_alternative<InstanceRole>(made->from));
  std::vector<std::string> arns;
  for (const auto& role : made->roles) arns.push_back(role.arn);
  EXPECT_EQ(arns, (std::vector<std::string>{"arn:3", "arn:2", "arn:1"}));
  EXPECT_EQ(made->roles[0].session_name, "paragon");
  EXPECT_FALSE(made->roles[0].duration_s);
}

TEST(RoleChain, KeysOfASourceGoBeforeItsRole) {
  const auto made = plan(
      "[profile a]\nrole_arn=arn:1\nsource_profile=b\n[profile b]\nrole_arn=arn:2\n"
      "source_profile=a\n" +
      kKeys);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->roles.size(), 1U);
  const auto own = plan("[profile a]\nrole_arn=arn:1\nsource_profile=a\n" + kKeys);
  ASSERT_TRUE(own) << own.error().message;
  EXPECT_EQ(std::get<Credentials>(own->from).access_key_id, "AK");
}

TEST(RoleChain, ASourceMayBeAnyKindOfProfile) {
  const std::string role = "[profile a]\nrole_arn=arn:1\nsource_profile=b\n[profile b]\n";
  const auto identity = plan(role + "web_identity_token_file=/t\nrole_arn=arn:2\n",
                             {{"AWS_ROLE_SESSION_NAME", "not of a source"}});
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(std::get<WebIdentity>(identity->from).session_name, "paragon");
  const auto process = plan(role + "credential_process=/bin/keys --of 'a b'\n");
  ASSERT_TRUE(process) << process.error().message;
  EXPECT_EQ(std::get<CredentialProcess>(process->from).command,
            (std::vector<std::string>{"/bin/keys", "--of", "a b"}));
}

TEST(RoleChain, CredentialSourceNamesWhereTheyAre) {
  const auto made = plan("[profile a]\nrole_arn=arn:1\ncredential_source=EcsContainer\n",
                         {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/x"}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(std::get<ContainerRole>(made->from).target, "/x");
  EXPECT_THAT(refused("[profile a]\nrole_arn=arn:1\ncredential_source=EcsContainer\n",
                      ErrorCode::not_found),
              HasSubstr("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI is not set"));
  EXPECT_THAT(
      refused("[profile a]\nrole_arn=arn:1\ncredential_source=Environment\n", ErrorCode::not_found),
      HasSubstr("AWS_ACCESS_KEY_ID is not set"));
  EXPECT_THAT(refused("[profile a]\nrole_arn=arn:1\ncredential_source=Moon\n", ErrorCode::invalid),
              HasSubstr("'Moon', which is none of Environment"));
}

TEST(RoleChain, CirclesAreRefusedWithTheirWay) {
  EXPECT_THAT(refused("[profile a]\nrole_arn=arn:1\nsource_profile=b\n[profile b]\nrole_arn=arn:2\n"
                      "source_profile=a\n",
                      ErrorCode::invalid),
              HasSubstr("goes round in a circle: a > b > a"));
  EXPECT_THAT(refused("[profile a]\nrole_arn=arn:1\nsource_profile=a\n", ErrorCode::invalid),
              HasSubstr("a > a"));
}

TEST(RoleChain, SaysWhatIsMissing) {
  EXPECT_THAT(refused("[profile a]\nrole_arn=arn:1\n", ErrorCode::invalid),
              HasSubstr("role_arn needs a source_profile or a credential_source"));
  EXPECT_THAT(refused("[profile a]\nrole_arn=arn:1\nsource_profile=b\ncredential_source=Environment"
                      "\n",
                      ErrorCode::invalid),
              HasSubstr("needs one of source_profile and credential_source"));
  EXPECT_THAT(refused("[profile a]\nrole_arn=arn:1\nsource_profile=b\n", ErrorCode::not_found),
              HasSubstr("source_profile is 'b', which is neither in"));
  EXPECT_THAT(refused("[profile a]\nrole_arn=arn:1\nsource_profile=b\n[profile b]\nregion=x\n",
                      ErrorCode::invalid),
              HasSubstr("'b', which has no credentials"));
  EXPECT_THAT(
      refused("[profile a]\nrole_arn=arn:1\nsource_profile=b\nmfa_serial=x\n[profile b]\n" + kKeys,
              ErrorCode::unsupported),
      HasSubstr("mfa_serial asks for a one-time code"));
  EXPECT_THAT(refused("[profile a]\nrole_arn=arn:1\nsource_profile=b\nduration_seconds=1h\n"
                      "[profile b]\n" +
                          kKeys,
                      ErrorCode::invalid),
              HasSubstr("duration_seconds is '1h', not a number of seconds"));
}

}  // namespace
}  // namespace paragon::aws
