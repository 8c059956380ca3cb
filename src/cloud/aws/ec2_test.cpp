// Bodies that EC2 would refuse are refused here. What right bodies look like is compared with
// botocore in tests/aws.
#include "cloud/aws/ec2.h"

#include <gmock/gmock.h>

namespace paragon::aws::ec2 {
namespace {

using testing::HasSubstr;

RunInstances order() {
  RunInstances out;
  out.image_id = "ami-1";
  out.instance_type = "c5.large";
  out.client_token = "m-17";
  return out;
}

template <class Change>
std::string refused(Change change) {
  RunInstances wrong = order();
  change(wrong);
  const auto result = body(wrong);
  if (result) return "accepted";
  EXPECT_EQ(result.error().code, ErrorCode::invalid);
  EXPECT_THAT(result.error().message, testing::StartsWith("EC2 RunInstances: "));
  return result.error().message;
}

TEST(Ec2, TheSmallestOrder) {
  EXPECT_EQ(body(order()).value(),
            "Action=RunInstances&Version=2016-11-15&ImageId=ami-1&InstanceType=c5.large&MinCount=1&"
            "MaxCount=1&ClientToken=m-17&InstanceInitiatedShutdownBehavior=terminate&"
            "MetadataOptions.HttpTokens=required");
}

TEST(Ec2, ATemplateStandsForImageAndType) {
  RunInstances from = order();
  from.image_id.clear();
  from.instance_type.clear();
  from.launch_template = LaunchTemplate{"lt-1", "", "3"};
  EXPECT_THAT(body(from).value(), HasSubstr("LaunchTemplate.LaunchTemplateId=lt-1&"
                                            "LaunchTemplate.Version=3"));
  from.launch_template->name = "both";
  EXPECT_FALSE(body(from));
}

TEST(Ec2, UserDataOfAnyBytesUpToTheLimit) {
  RunInstances large = order();
  large.user_data = std::string(kUserDataMax, '\0');
  EXPECT_TRUE(body(large));
  EXPECT_THAT(refused([](auto& o) { o.user_data = std::string(kUserDataMax + 1, 'x'); }),
              HasSubstr("user data of 16385 bytes; at most 16384"));
}

TEST(Ec2, RefusesWhatAwsWould) {
  EXPECT_THAT(refused([](auto& o) { o.image_id.clear(); }), HasSubstr("ImageId"));
  EXPECT_THAT(refused([](auto& o) { o.instance_type.clear(); }), HasSubstr("InstanceType"));
  EXPECT_THAT(refused([](auto& o) { o.client_token.clear(); }), HasSubstr("ClientToken"));
  EXPECT_THAT(refused([](auto& o) { o.client_token = std::string(65, 'x'); }), HasSubstr("64"));
  EXPECT_THAT(refused([](auto& o) { o.client_token = "\xC3\xA9"; }), HasSubstr("ASCII"));
  EXPECT_THAT(refused([](auto& o) { o.count = 0; }), HasSubstr("count 0"));
  EXPECT_THAT(refused([](auto& o) { o.security_group_ids = {""}; }), HasSubstr("SecurityGroupId"));
  EXPECT_THAT(refused([](auto& o) { o.tags = {{"aws:x", ""}}; }), HasSubstr("'aws:x'"));
  EXPECT_THAT(refused([](auto& o) { o.tags = {{"a", "1"}, {"a", "2"}}; }), HasSubstr("twice"));
  EXPECT_THAT(refused([](auto& o) { o.tags = {{"a", std::string(257, 'x')}}; }), HasSubstr("256"));
  EXPECT_THAT(refused([](auto& o) { o.tags = std::vector<Tag>(51, {"a", ""}); }), HasSubstr("50"));
  EXPECT_THAT(refused([](auto& o) { o.spot = SpotOptions{per_hour(0)}; }), HasSubstr("spot price"));
}

TEST(Ec2, PagesAndIdsDoNotGoTogether) {
  DescribeInstances question;
  question.page_size = 5;
  EXPECT_TRUE(body(question));
  question.page_size = 4;
  EXPECT_FALSE(body(question));
  question.page_size = 5;
  question.instance_ids = {"i-1"};
  EXPECT_FALSE(body(question));
  EXPECT_FALSE(body(TerminateInstances{}));
}

TEST(Ec2, TokensWithEveryByteComeThroughEncoded) {
  DescribeInstances question;
  question.next_token = "a+b/c==&x";
  EXPECT_THAT(body(question).value(), HasSubstr("NextToken=a%2Bb%2Fc%3D%3D%26x"));
}

TEST(Ec2, ARequestIsAPostOfAForm) {
  const auto made = request("ec2.eu-central-1.amazonaws.com", body(order()).value());
  EXPECT_EQ(made.method, http::Method::post);
  EXPECT_EQ(target(made), "/");
  EXPECT_EQ(made.headers.find("content-type"), "application/x-www-form-urlencoded; charset=utf-8");
}

}  // namespace
}  // namespace paragon::aws::ec2
