#include "cloud/aws/profile_origin.h"

#include <gmock/gmock.h>

namespace paragon::aws {
namespace {

using testing::HasSubstr;

SharedProfiles profiles(const std::string& config, const std::string& credentials = {}) {
  return read_shared_profiles({[](const std::string& name) {
                                 return name == "HOME" ? std::string("/h") : std::string();
                               },
                               [&](const std::string& path) -> std::optional<std::string> {
                                 return path == "/h/.aws/config" ? config : credentials;
                               }})
      .value();
}

DescribedOrigin origin(const SharedProfiles& of) {
  return origin_of_profile(of, "a", nullptr).value().value();
}

std::string refused(const SharedProfiles& of, ErrorCode code) {
  const auto made = origin_of_profile(of, "a", nullptr);
  if (made) return "not refused";
  EXPECT_EQ(made.error().code, code);
  return made.error().message;
}

const std::string kSession =
    "[sso-session corp]\nsso_start_url=https://c.awsapps.com/start\nsso_region=eu-west-1\n";

TEST(ProfileOrigin, SingleSignOnByASessionOrByItsStartUrl) {
  const auto modern = origin(
      profiles("[profile a]\nsso_session=corp\nsso_account_id=1\nsso_role_name=R\n" + kSession));
  const auto& login = std::get<SingleSignOn>(modern.from);
  EXPECT_EQ(login.region, "eu-west-1");
  EXPECT_EQ(login.account_id, "1");
  EXPECT_EQ(login.role_name, "R");
  // `printf corp | sha1sum`
  EXPECT_EQ(login.token_file, "/h/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json");
  EXPECT_EQ(modern.described, "single sign-on as R in account 1 (profile 'a')");
  const auto legacy = origin(
      profiles("[profile a]\nsso_start_url=https://c.awsapps.com/start\nsso_region=eu-west-1\n"
               "sso_account_id=1\nsso_role_name=R\n"));
  // `printf https://c.awsapps.com/start | sha1sum`
  EXPECT_EQ(std::get<SingleSignOn>(legacy.from).token_file,
            "/h/.aws/sso/cache/c2326beb6aed9fe21368291ec81c8e05bc18a34f.json");
}

TEST(ProfileOrigin, SingleSignOnThatIsNotWholeIsToldByTheField) {
  EXPECT_THAT(
      refused(profiles("[profile a]\nsso_session=none\nsso_account_id=1\n"), ErrorCode::not_found),
      HasSubstr("names the sso_session 'none', which /h/.aws/config does not have"));
  EXPECT_THAT(refused(profiles("[profile a]\nsso_session=corp\nsso_account_id=1\n" + kSession),
                      ErrorCode::invalid),
              HasSubstr("has no sso_role_name; run `aws configure sso`"));
  EXPECT_THAT(
      refused(profiles("[profile a]\nsso_account_id=1\nsso_role_name=R\n"), ErrorCode::invalid),
      HasSubstr("has no sso_start_url"));
  EXPECT_THAT(refused(profiles("[profile a]\nsso_session=corp\nsso_account_id=1\nsso_role_name=R\n"
                               "sso_region=us-east-1\n" +
                               kSession),
                      ErrorCode::invalid),
              HasSubstr("says another sso_region than its sso_session 'corp'"));
}

TEST(ProfileOrigin, TheOrderIsSingleSignOnCredentialsFileProcessConfigFile) {
  const std::string sso = "sso_session=corp\nsso_account_id=1\nsso_role_name=R\n";
  const std::string process = "credential_process=keys\n";
  const std::string keys = "aws_access_key_id=CONFIG\naws_secret_access_key=x\n";
  const std::string credentials = "[a]\naws_access_key_id=SHARED\naws_secret_access_key=x\n";
  const auto of = [&](const std::string& config, const std::string& shared) {
    return origin(profiles("[profile a]\n" + config + kSession, shared)).from;
  };
  EXPECT_TRUE(std::holds_alternative<SingleSignOn>(of(sso + process + keys, credentials)));
  EXPECT_EQ(std::get<Credentials>(of(process + keys, credentials)).access_key_id, "SHARED");
  EXPECT_TRUE(std::holds_alternative<CredentialProcess>(of(process + keys, "")));
  EXPECT_EQ(std::get<Credentials>(of(keys, "")).access_key_id, "CONFIG");
  EXPECT_FALSE(origin_of_profile(profiles("[profile a]\nregion=x\n"), "a", nullptr)->has_value());
}

TEST(ProfileOrigin, AProcessThatIsNoCommandIsToldWithoutIt) {
  const std::string said =
      refused(profiles("[profile a]\ncredential_process=keys 'HIDDEN\n"), ErrorCode::invalid);
  EXPECT_THAT(said, HasSubstr("credential_process of profile 'a' in /h/.aws/config: the command "
                              "has a quote that is not closed"));
  EXPECT_THAT(said, testing::Not(HasSubstr("HIDDEN")));
}

TEST(ProfileOrigin, TheSessionOfAwsLoginIsNotRead) {
  EXPECT_THAT(refused(profiles("[profile a]\nlogin_session=arn:x\n"), ErrorCode::unsupported),
              HasSubstr("aws configure export-credentials --profile a --format env"));
}

}  // namespace
}  // namespace paragon::aws
