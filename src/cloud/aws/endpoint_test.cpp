// Every region that botocore knows is compared in tests/aws.
#include "cloud/aws/endpoint.h"

#include <gmock/gmock.h>

#include <map>

namespace paragon::aws {
namespace {

using testing::HasSubstr;

Variables set(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

TEST(AwsEndpoint, IsTheServicesInTheRegion) {
  const auto found = service_endpoint("ec2", "eu-central-1", set({}));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->endpoint.host, "ec2.eu-central-1.amazonaws.com");
  EXPECT_EQ(found->endpoint.port, 443);
  EXPECT_TRUE(found->endpoint.tls);
  EXPECT_EQ(found->host, "ec2.eu-central-1.amazonaws.com");
}

TEST(AwsEndpoint, OfChinaAndGovCloud) {
  EXPECT_EQ(service_endpoint("lambda", "cn-north-1", set({}))->host,
            "lambda.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(service_endpoint("lambda", "us-gov-west-1", set({}))->host,
            "lambda.us-gov-west-1.amazonaws.com");
}

TEST(AwsEndpoint, OverridesOfTheServiceComeFirst) {
  const auto both = set({{"AWS_ENDPOINT_URL", "http://localhost:4566/"},
                         {"AWS_ENDPOINT_URL_EC2", "https://[::1]:8443"},
                         {"AWS_CA_BUNDLE", "/ca.pem"}});
  const auto ec2 = service_endpoint("ec2", "eu-central-1", both);
  ASSERT_TRUE(ec2);
  EXPECT_EQ(ec2->host, "[::1]:8443");
  EXPECT_EQ(ec2->endpoint.host, "::1");
  EXPECT_TRUE(ec2->endpoint.tls);
  EXPECT_EQ(ec2->endpoint.tls_ca_file, "/ca.pem");
  const auto lambda = service_endpoint("lambda", "eu-central-1", both);
  ASSERT_TRUE(lambda);
  EXPECT_EQ(lambda->host, "localhost:4566");
  EXPECT_FALSE(lambda->endpoint.tls);
}

TEST(AwsEndpoint, OverridesCanBeIgnored) {
  EXPECT_EQ(service_endpoint("ec2", "eu-central-1",
                             set({{"AWS_ENDPOINT_URL", "http://localhost"},
                                  {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}}))
                ->host,
            "ec2.eu-central-1.amazonaws.com");
}

TEST(AwsEndpoint, SaysWhatIsWrong) {
  for (const char* region : {"", "eu central", "evil.com/", "EU-CENTRAL-1"}) {
    const auto found = service_endpoint("ec2", region, set({}));
    ASSERT_FALSE(found) << region;
    EXPECT_THAT(found.error().message, HasSubstr("AWS_REGION"));
  }
  const auto url = service_endpoint("ec2", "eu-central-1", set({{"AWS_ENDPOINT_URL", "ftp://x"}}));
  ASSERT_FALSE(url);
  EXPECT_THAT(url.error().message, HasSubstr("AWS_ENDPOINT_URL: endpoint 'ftp://x'"));
}

}  // namespace
}  // namespace paragon::aws
