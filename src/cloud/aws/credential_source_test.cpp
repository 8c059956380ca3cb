// Fetching credentials from services that stand in for instance metadata and STS.
#include "cloud/aws/credential_source.h"

#include <gmock/gmock.h>

#include <map>

#include "base/temporary_folder.h"
#include "wire/http_server.h"

namespace paragon::aws {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Instant kStart{std::chrono::seconds(1440938160)};

class CredentialSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = http::Server::listen(loop_, {}, [this](http::Request&& request, http::Reply reply) {
      http::Response response;
      response.content_type = "text/plain";
      answer(request, response);
      reply(response);
    });
    ASSERT_TRUE(made);
    server_ = std::move(*made);
    const std::string url = "http://127.0.0.1:" + std::to_string(server_->port());
    variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = url;
    variables_["AWS_ENDPOINT_URL_STS"] = url;
    variables_["AWS_ENDPOINT_URL_SSO"] = url;
  }

  // As strict as the real one: no session token, no answer.
  void answer(const http::Request& request, http::Response& response) {
    asked_.push_back(request.path);
    if (request.path == "/latest/api/token") {
      const bool right = request.method == http::Method::put &&
                         request.headers.has("x-aws-ec2-metadata-token-ttl-seconds");
      response.status = right ? 200 : 400;
      response.body = "session==";
    } else if (request.path == "/") {
      response.status = sts_status_;
      response.body = sts_answer_;
      sts_asked_ = request.body;
      sts_signed_ = request.headers.find("authorization");
    } else if (request.path == "/container" || request.path == "/federation/credentials") {
      proof_ = request.headers.find(request.path == "/container" ? "authorization"
                                                                 : "x-amz-sso_bearer_token");
      if (troubles_ > 0) {
        --troubles_;
        response.status = 500;
        return;
      }
      response.status = lent_status_;
      response.body = lent_answer_;
    } else if (request.headers.find("x-aws-ec2-metadata-token") != "session==") {
      response.status = 401;
    } else if (request.path == "/latest/meta-data/iam/security-credentials/") {
      response.status = role_.empty() ? 404 : 200;
      response.body = role_;
    } else {
      response.body = "{\"Code\":\"Success\",\"AccessKeyId\":\"AK" + std::to_string(asked_.size()) +
                      "\",\"SecretAccessKey\":\"HIDDEN\",\"Token\":\"LENT\",\"Expiration\":\"" +
                      extended_text(now_ + std::chrono::hours(6)) + "\"}";
    }
  }

  CredentialSource source(CredentialPlan plan) {
    return {loop_,
            std::move(plan),
            {[this](const std::string& name) { return variables_[name]; },
             [this](const std::string& path) -> Result<std::optional<std::string>> {
               const auto found = files_.find(path);
               if (found == files_.end()) return std::optional<std::string>();
               return std::optional(found->second);
             }},
            [this] { return now_; }};
  }

  Result<Credentials> get(CredentialSource& source) {
    std::optional<Result<Credentials>> got;
    source.get([&](Result<Credentials> result) {
      got.emplace(std::move(result));
      loop_.stop();
    });
    EXPECT_FALSE(got) << "never at once";
    loop_.run();
    return std::move(*got);
  }

  CredentialPlan role() {
    return {.from = InstanceRole{}, .described = "the instance's role", .tried = "no keys are set"};
  }
  CredentialPlan identity() {
    return {.from = WebIdentity{"/token", "arn:aws:iam::1:role/r", "paragon"},
            .described = "web identity"};
  }

  Loop loop_;
  std::unique_ptr<http::Server> server_;
  std::map<std::string, std::string> variables_;
  std::map<std::string, std::string> files_;
  std::vector<std::string> asked_;
  std::string role_ = "worker\n";
  int sts_status_ = 200;
  std::string sts_answer_;
  std::string sts_asked_;
  std::string sts_signed_;
  std::string proof_;  // the token that a container's endpoint, or the portal, was shown
  int troubles_ = 0;   // answers of either that are failures
  int lent_status_ = 200;
  std::string lent_answer_;
  Instant now_ = kStart;
};

TEST_F(CredentialSourceTest, AsksTheInstanceForItsRole) {
  auto from = source(role());
  const auto got = get(from);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->secret_access_key.reveal(), "HIDDEN");
  EXPECT_EQ(got->session_token.reveal(), "LENT");
  EXPECT_EQ(got->expires, kStart + std::chrono::hours(6));
  EXPECT_EQ(asked_, (std::vector<std::string>{
                        "/latest/api/token", "/latest/meta-data/iam/security-credentials/",
                        "/latest/meta-data/iam/security-credentials/worker"}));
}

TEST_F(CredentialSourceTest, KeepsThemUntilShortlyBeforeTheyExpire) {
  auto from = source(role());
  EXPECT_EQ(get(from)->access_key_id, "AK3");
  now_ += std::chrono::hours(6) - kRenewBefore - std::chrono::seconds(1);
  EXPECT_EQ(get(from)->access_key_id, "AK3");
  now_ += std::chrono::seconds(1);
  EXPECT_EQ(get(from)->access_key_id, "AK6");
  from.forget();
  EXPECT_EQ(get(from)->access_key_id, "AK9");
}

TEST_F(CredentialSourceTest, AFailedRenewalFallsBackOnWhatStillLasts) {
  auto from = source(role());
  EXPECT_TRUE(get(from));
  role_.clear();
  now_ += std::chrono::hours(6) - std::chrono::seconds(60);
  EXPECT_TRUE(get(from));
  now_ += std::chrono::seconds(60);
  EXPECT_FALSE(get(from));
}

TEST_F(CredentialSourceTest, ThoseWhoAskTogetherShareOneFetch) {
  auto from = source(role());
  int answered = 0;
  for (int i = 0; i < 5; ++i) {
    from.get([&](const Result<Credentials>& got) {
      EXPECT_TRUE(got);
      if (++answered == 5) loop_.stop();
    });
  }
  loop_.run();
  EXPECT_EQ(asked_.size(), 3u);
}

TEST_F(CredentialSourceTest, SaysWhatWasTriedWhereNoRoleIsAttached) {
  role_.clear();
  auto from = source(role());
  const auto got = get(from);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::not_found);
  EXPECT_THAT(got.error().message,
              HasSubstr("no role is attached to this instance; give it an instance profile; before "
                        "it, no keys are set"));
}

TEST_F(CredentialSourceTest, ExchangesAWebIdentity) {
  files_["/token"] = "eyJ.payload.sig\n";
  sts_answer_ =
      "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
      "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIA</AccessKeyId>"
      "<SecretAccessKey>HIDDEN</SecretAccessKey><SessionToken>LENT</SessionToken>"
      "<Expiration>2015-08-30T13:36:00Z</Expiration></Credentials>"
      "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";
  auto from = source(identity());
  const auto got = get(from);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->access_key_id, "ASIA");
  EXPECT_EQ(got->expires, kStart + std::chrono::hours(1));
  EXPECT_EQ(sts_asked_,
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3A"
            "role%2Fr&RoleSessionName=paragon&WebIdentityToken=eyJ.payload.sig");
}

TEST_F(CredentialSourceTest, ARefusedWebIdentityIsToldWithoutTheToken) {
  files_["/token"] = "HIDDEN";
  sts_status_ = 400;
  sts_answer_ =
      "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>no provider</Message>"
      "</Error><RequestId>r-7</RequestId></ErrorResponse>";
  auto from = source(identity());
  const auto got = get(from);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::denied);
  EXPECT_THAT(got.error().message, HasSubstr("InvalidIdentityToken: no provider (request r-7)"));
  EXPECT_THAT(got.error().message, Not(HasSubstr("HIDDEN")));
  files_.clear();
  EXPECT_THAT(get(from).error().message, HasSubstr("/token is not there"));
}

std::string assumed(const std::string& key) {
  return "<AssumeRoleResponse "
         "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>"
         "<Credentials><AccessKeyId>" +
         key +
         "</AccessKeyId><SecretAccessKey>HIDDEN</SecretAccessKey><SessionToken>LENT</SessionToken>"
         "<Expiration>2015-08-30T13:36:00Z</Expiration></Credentials></AssumeRoleResult>"
         "</AssumeRoleResponse>";
}

TEST_F(CredentialSourceTest, TakesOnRolesOneAfterTheOther) {
  sts_answer_ = assumed("ASIAROLE");
  CredentialPlan plan = role();
  plan.roles = {{"arn:aws:iam::1:role/a", "me", ""}, {"arn:aws:iam::2:role/b", "you", "x", 900}};
  plan.region = "eu-west-1";
  auto from = source(plan);
  const auto got = get(from);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->access_key_id, "ASIAROLE");
  EXPECT_EQ(got->expires, kStart + std::chrono::hours(1));
  EXPECT_EQ(asked_.size(), 5U) << "three questions to metadata, two to STS";
  EXPECT_EQ(sts_asked_,
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A2%3Arole%2Fb&"
            "RoleSessionName=you&ExternalId=x&DurationSeconds=900");
  EXPECT_THAT(sts_signed_, HasSubstr("Credential=ASIAROLE/20150830/eu-west-1/sts/aws4_request"));
}

TEST_F(CredentialSourceTest, ARefusedRoleSaysWhatWasTriedWithWhat) {
  sts_status_ = 403;
  sts_answer_ =
      "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error>"
      "<RequestId>r-8</RequestId></ErrorResponse>";
  auto from = source({.from = Credentials{"AKIA", Secret("HIDDEN"), Secret(), std::nullopt},
                      .roles = {{"arn:aws:iam::1:role/a", "me", ""}},
                      .described = "role a, taken on with profile 'b'"});
  const auto got = get(from);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::denied);
  EXPECT_THAT(
      got.error().message,
      HasSubstr("role a, taken on with profile 'b': STS AssumeRole for arn:aws:iam::1:role/a"
                ": AWS answered 403 AccessDenied: not you (request r-8)"));
  EXPECT_THAT(got.error().message, HasSubstr("trust policy"));
  EXPECT_THAT(got.error().message, Not(HasSubstr("HIDDEN")));
}

TEST_F(CredentialSourceTest, AsksAContainersEndpointAgainWhereItFailsForAMoment) {
  lent_answer_ = R"({"AccessKeyId":"ASIA","SecretAccessKey":"HIDDEN","Token":"LENT",)"
                 R"("Expiration":"2015-08-30T13:36:00Z"})";
  troubles_ = 2;
  http::Endpoint endpoint;
  endpoint.host = "127.0.0.1";
  endpoint.port = server_->port();
  const CredentialPlan plan{.from = ContainerRole{endpoint, "/container", "", Secret("HIDDEN too")},
                            .described = "the container's role"};
  auto from = source(plan);
  const auto got = get(from);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->session_token.reveal(), "LENT");
  EXPECT_EQ(proof_, "HIDDEN too");
  EXPECT_EQ(asked_.size(), 3U);
  troubles_ = 3;
  auto other = source(plan);
  const auto given_up = get(other);
  ASSERT_FALSE(given_up);
  EXPECT_EQ(given_up.error().message,
            "AWS credentials from the container's role: the container's credentials: AWS answered "
            "500");
}

TEST_F(CredentialSourceTest, LogsInWithWhatSingleSignOnLeft) {
  lent_answer_ = R"({"roleCredentials":{"accessKeyId":"ASIA","secretAccessKey":"HIDDEN",)"
                 R"("sessionToken":"LENT","expiration":1440941760000}})";
  const CredentialPlan plan{.from = SingleSignOn{"work", "/login", "eu-west-1", "1", "R"},
                            .described = "single sign-on"};
  auto from = source(plan);
  EXPECT_THAT(get(from).error().message,
              HasSubstr("nobody has logged in (/login is not there); run `aws sso login --profile "
                        "work`"));
  files_["/login"] = R"({"accessToken":"HIDDEN too","expiresAt":"2015-08-30T13:36:00Z"})";
  const auto got = get(from);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->expires, kStart + std::chrono::hours(1));
  EXPECT_EQ(proof_, "HIDDEN too");
  lent_status_ = 401;
  lent_answer_ = R"({"message":"Session token not found or invalid",)"
                 R"("__type":"com.amazonaws.switchboard.portal#UnauthorizedException"})";
  auto other = source(plan);
  const auto refused = get(other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::denied);
  EXPECT_THAT(refused.error().message,
              HasSubstr("SSO GetRoleCredentials in eu-west-1: AWS answered 401 "
                        "UnauthorizedException: Session token not found or invalid; run `aws sso "
                        "login --profile work`"));
}

TEST_F(CredentialSourceTest, StartsAProgramAgainOnlyWhenItsKeysEnd) {
  const TemporaryFolder folder;
  const std::string script =
      "echo x >> " + folder.path().string() +
      R"(/count; printf '{"Version":1,"AccessKeyId":"AK%s","SecretAccessKey":"HIDDEN",)"
      R"("Expiration":"2015-08-30T13:36:00Z"}' "$(wc -l < )" +
      folder.path().string() + "/count)\"";
  auto from = source({.from = CredentialProcess{{"sh", "-c", script}}, .described = "a program"});
  EXPECT_EQ(get(from)->access_key_id, "AK1");
  EXPECT_EQ(get(from)->access_key_id, "AK1");
  now_ += std::chrono::minutes(56);
  EXPECT_EQ(get(from)->access_key_id, "AK2");
  now_ += std::chrono::minutes(4);
  const auto late = get(from);
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().message, HasSubstr("have expired (2015-08-30T13:36:00Z)"));
}

TEST_F(CredentialSourceTest, AFailedRenewalIsNotTriedForEachRequest) {
  auto from = source(role());
  EXPECT_TRUE(get(from));
  role_.clear();
  now_ += std::chrono::hours(6) - std::chrono::seconds(60);
  EXPECT_TRUE(get(from));
  const std::size_t before = asked_.size();
  now_ += std::chrono::seconds(14);
  EXPECT_TRUE(get(from));
  EXPECT_EQ(asked_.size(), before);
  now_ += std::chrono::seconds(1);
  EXPECT_TRUE(get(from));
  EXPECT_GT(asked_.size(), before);
}

TEST_F(CredentialSourceTest, GarbageIsAnError) {
  role_ = "<html>";
  auto from = source(role());
  EXPECT_EQ(get(from).error().code, ErrorCode::unavailable);
  files_["/token"] = "t";
  sts_answer_ = "<html/>";
  auto other = source(identity());
  EXPECT_EQ(get(other).error().code, ErrorCode::unavailable);
}

TEST_F(CredentialSourceTest, WhoIsLeftWaitingIsTold) {
  std::optional<ErrorCode> got;
  {
    auto from = source(role());
    from.get([&](const Result<Credentials>& result) {
      got = result.error().code;
      loop_.stop();
    });
  }
  loop_.run();
  EXPECT_EQ(got, ErrorCode::unavailable);
}

}  // namespace
}  // namespace paragon::aws
