// Requests that Lambda would refuse are refused here. What right ones look like is compared with
// botocore in tests/aws.
#include "cloud/aws/lambda.h"

#include <gmock/gmock.h>

namespace paragon::aws::lambda {
namespace {

using testing::HasSubstr;

constexpr const char* kHost = "lambda.eu-central-1.amazonaws.com";

CreateFunction order() {
  CreateFunction out;
  out.name = "paragon-1024";
  out.role = "arn:aws:iam::123456789012:role/worker";
  out.code.zip = "PK";
  return out;
}

template <class Change>
std::string refused(Change change) {
  CreateFunction wrong = order();
  change(wrong);
  const auto result = request(kHost, wrong);
  if (result) return "accepted";
  EXPECT_EQ(result.error().code, ErrorCode::invalid);
  EXPECT_THAT(result.error().message, testing::StartsWith("Lambda CreateFunction: "));
  return result.error().message;
}

TEST(Lambda, APlainOrderIsTaken) {
  const auto made = request(kHost, order());
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(target(*made), "/2015-03-31/functions");
  EXPECT_THAT(made->body, HasSubstr("\"Runtime\":\"provided.al2\""));
}

TEST(Lambda, RefusesWhatAwsWould) {
  EXPECT_THAT(refused([](auto& o) { o.name = "a b"; }), HasSubstr("name 'a b'"));
  EXPECT_THAT(refused([](auto& o) { o.name = "../x"; }), HasSubstr("name '../x'"));
  EXPECT_THAT(refused([](auto& o) { o.name = std::string(65, 'a'); }), HasSubstr("1 to 64"));
  EXPECT_THAT(refused([](auto& o) { o.role = "worker"; }), HasSubstr("ARN"));
  EXPECT_THAT(refused([](auto& o) { o.code = {}; }), HasSubstr("one of"));
  EXPECT_THAT(refused([](auto& o) { o.code.image_uri = "x"; }), HasSubstr("one of"));
  EXPECT_THAT(refused([](auto& o) { o.code.zip.resize(kZipMax + 1); }), HasSubstr("S3"));
  EXPECT_THAT(refused([](auto& o) { o.memory = megabytes(127); }), HasSubstr("127 MB"));
  EXPECT_THAT(refused([](auto& o) { o.memory = megabytes(10241); }), HasSubstr("10241 MB"));
  EXPECT_THAT(refused([](auto& o) { o.timeout = from_milliseconds(1500); }), HasSubstr("1.5 s"));
  EXPECT_THAT(refused([](auto& o) { o.timeout = std::chrono::seconds(901); }), HasSubstr("900"));
  EXPECT_THAT(refused([](auto& o) { o.handler.clear(); }), HasSubstr("handler"));
  EXPECT_THAT(refused([](auto& o) { o.subnet_ids = {"subnet-1"}; }), HasSubstr("network"));
  EXPECT_THAT(refused([](auto& o) { o.description = std::string(257, 'x'); }), HasSubstr("256"));
  EXPECT_THAT(refused([](auto& o) {
                o.environment = {{"A", std::string(4096, 'x')}};
              }),
              HasSubstr("environment of 4097 bytes"));
  EXPECT_THAT(refused([](auto& o) { o.environment = {{"A", "\xff"}}; }), HasSubstr("UTF-8"));
  EXPECT_THAT(refused([](auto& o) { o.tags = {{"\xff", "a"}}; }), HasSubstr("UTF-8"));
}

TEST(Lambda, APayloadOverTheLimitIsRefusedBeforeItIsSent) {
  Invoke call;
  call.name = "f";
  call.payload = std::string(kPayloadMax, ' ');
  EXPECT_TRUE(request(kHost, call));
  call.payload += ' ';
  const auto refusal = request(kHost, call);
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().code, ErrorCode::invalid);
  EXPECT_THAT(refusal.error().message, HasSubstr("payload of 6291457 bytes"));
}

TEST(Lambda, NamesThatAreArnsAreEncoded) {
  const auto made =
      request(kHost, GetFunction{"arn:aws:lambda:eu-central-1:123456789012:function:f", "$LATEST"});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(target(*made),
            "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-central-1%3A123456789012%3Afunction%3Af"
            "?Qualifier=%24LATEST");
}

TEST(Lambda, ConcurrencyHasItsRules) {
  EXPECT_TRUE(request(kHost, PutFunctionConcurrency{"f", 0}));
  EXPECT_FALSE(request(kHost, PutFunctionConcurrency{"f", -1}));
  EXPECT_TRUE(request(kHost, PutProvisionedConcurrency{"f", "3", 1}));
  EXPECT_FALSE(request(kHost, PutProvisionedConcurrency{"f", "$LATEST", 1}));
  EXPECT_FALSE(request(kHost, PutProvisionedConcurrency{"f", "3", 0}));
  EXPECT_FALSE(request(kHost, DeleteProvisionedConcurrency{"f", ""}));
  EXPECT_FALSE(request(kHost, UpdateFunctionConfiguration{"f", {}, {}, {}, {}, {}}));
}

}  // namespace
}  // namespace paragon::aws::lambda
