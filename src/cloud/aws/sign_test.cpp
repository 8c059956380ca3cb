// The signer against values that AWS publishes. tests/aws compares it with botocore's for requests
// of every kind.
#include "cloud/aws/sign.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <openssl/sha.h>

#include <sstream>

namespace paragon::aws {
namespace {

using testing::HasSubstr;

// 30 August 2015, 12:36:00 UTC: the date of the published examples.
constexpr Instant kExampleTime{std::chrono::seconds(1440938160)};

Credentials example_key() {
  return {"AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), Secret(), {}};
}

ServiceRequest list_users() {
  ServiceRequest request;
  request.method = http::Method::get;
  request.host = "iam.amazonaws.com";
  request.query = {{"Version", "2010-05-08"}, {"Action", "ListUsers"}};
  request.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  return request;
}

std::string authorization(const ServiceRequest& request, const SigningScope& scope,
                          const Credentials& key = example_key()) {
  const auto signed_ = sign(request, key, scope, kExampleTime);
  return signed_ ? std::string(signed_->find("Authorization")) : signed_.error().message;
}

TEST(Sign, GivesThePublishedSignatureOfListUsers) {
  EXPECT_EQ(authorization(list_users(), {"iam", "us-east-1"}),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date, "
            "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST(Sign, GivesThePublishedSignatureOfAPlainGet) {
  ServiceRequest request;
  request.method = http::Method::get;
  request.host = "example.amazonaws.com";
  EXPECT_THAT(authorization(request, {"service", "us-east-1"}),
              HasSubstr("Signature="
                        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"));
}

TEST(Sign, CanonicalRequestHashesToThePublishedValue) {
  const auto request = list_users();
  http::Headers all = request.headers;
  all.add("X-Amz-Date", basic_text(kExampleTime));
  const std::string text = canonical_request(request, all, {"iam", "us-east-1"});
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash);
  EXPECT_EQ(hex({reinterpret_cast<const char*>(hash), sizeof hash}),
            "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
}

TEST(Sign, CoversTheSessionToken) {
  Credentials lent = example_key();
  lent.session_token = Secret("token");
  const auto added = sign(list_users(), lent, {"iam", "us-east-1"}, kExampleTime);
  ASSERT_TRUE(added);
  EXPECT_EQ(added->find("X-Amz-Security-Token"), "token");
  EXPECT_THAT(std::string(added->find("Authorization")),
              HasSubstr("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token"));
}

TEST(Sign, WhatIsSentIsWhatIsSigned) {
  ServiceRequest request = list_users();
  request.query = {{"b", "2 +&"}, {"a", ""}, {"b", "1"}, {"\xC3\xBC", "/:,"}};
  EXPECT_EQ(target(request), "/?%C3%BC=%2F%3A%2C&a=&b=1&b=2%20%2B%26");
}

// Every part of a request is under the signature: a change anywhere changes it.
TEST(Sign, AnyChangeChangesTheSignature) {
  const SigningScope scope{"iam", "us-east-1"};
  std::vector<std::string> seen{authorization(list_users(), scope)};
  const auto note = [&](auto change) {
    ServiceRequest request = list_users();
    change(request);
    seen.push_back(authorization(request, scope));
  };
  note([](auto& r) { r.method = http::Method::post; });
  note([](auto& r) { r.host = "iam.amazonaws.com:8443"; });
  note([](auto& r) { r.path = "/a"; });
  note([](auto& r) { r.query[0].second += "1"; });
  note([](auto& r) { r.headers.add("X-Other", "1"); });
  note([](auto& r) { r.body = "x"; });
  seen.push_back(authorization(list_users(), {"iam", "us-east-2"}));
  seen.push_back(authorization(list_users(), {"sts", "us-east-1"}));
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(std::unique(seen.begin(), seen.end()), seen.end());
}

TEST(Sign, HeadersThatProxiesChangeAreNotCovered) {
  ServiceRequest request = list_users();
  request.headers.add("User-Agent", "paragon");
  request.headers.add("Expect", "100-continue");
  EXPECT_EQ(authorization(request, {"iam", "us-east-1"}),
            authorization(list_users(), {"iam", "us-east-1"}));
}

TEST(Sign, PathsOfOtherServicesAreNormalisedAndEncodedTwiceThoseOfS3NotAtAll) {
  ServiceRequest request = list_users();
  request.path = "/a//./b/../c%20d/";
  const auto line = [&](const char* service) {
    std::istringstream lines(canonical_request(request, {}, {service, "us-east-1"}));
    std::string text;
    std::getline(lines, text);
    std::getline(lines, text);
    return text;
  };
  EXPECT_EQ(line("lambda"), "/a/c%2520d/");
  EXPECT_EQ(line("s3"), "/a//./b/../c%20d/");
}

TEST(Sign, SaysWhatIsWrong) {
  const SigningScope scope{"iam", "us-east-1"};
  const auto why = [&](auto change) {
    ServiceRequest request = list_users();
    change(request);
    const auto result = sign(request, example_key(), scope, kExampleTime);
    return result ? std::string("signed") : result.error().message;
  };
  EXPECT_THAT(why([](auto& r) { r.host.clear(); }), HasSubstr("no host"));
  EXPECT_THAT(why([](auto& r) { r.path = "a"; }), HasSubstr("path 'a' must begin with '/'"));
  EXPECT_THAT(why([](auto& r) { r.path = "/?b"; }), HasSubstr("hold no '?'"));
  EXPECT_THAT(why([](auto& r) { r.method = http::Method::other; }), HasSubstr("method"));
  EXPECT_THAT(why([](auto& r) { r.headers.add("X-A", "1\r\nX-B: 2"); }), HasSubstr("one line"));
  EXPECT_THAT(why([](auto& r) { r.headers.add("HOST", "other"); }), HasSubstr("HOST"));
  const auto keyless = sign(list_users(), Credentials{}, scope, kExampleTime);
  ASSERT_FALSE(keyless);
  EXPECT_EQ(keyless.error().code, ErrorCode::denied);
}

TEST(Sign, ErrorsDoNotTellTheKey) {
  ServiceRequest request = list_users();
  request.host.clear();
  const auto result = sign(request, example_key(), {"iam", "us-east-1"}, kExampleTime);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message.find("wJalr"), std::string::npos);
}

template <class T>
concept Streams = requires(std::ostream& out, const T& value) {
  out << value;
};

TEST(Secret, CannotBePrinted) {
  static_assert(!fmt::is_formattable<Secret>::value);
  static_assert(!Streams<Secret> && Streams<std::string>);
  static_assert(!std::is_convertible_v<Secret, std::string>);
}

TEST(Secret, MovesAndCopiesKeepTheText) {
  Secret a("short");
  Secret b = std::move(a);
  EXPECT_EQ(b.reveal(), "short");
  a = b;
  EXPECT_EQ(a, b);
  b = std::move(a);
  EXPECT_EQ(b.reveal(), "short");
}

}  // namespace
}  // namespace paragon::aws
