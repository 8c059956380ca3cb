#include "cloud/aws/ec2_place.h"

#include <gtest/gtest.h>

namespace paragon::aws::ec2 {
namespace {

TEST(Ec2Place, ReadsImagesAndSubnets) {
  const auto images = read_describe_images(
      "<DescribeImagesResponse><imagesSet><item><imageId>ami-1</imageId>"
      "<imageState>available</imageState><architecture>arm64</architecture></item></imagesSet>"
      "</DescribeImagesResponse>");
  ASSERT_TRUE(images) << images.error().message;
  ASSERT_EQ(images->size(), 1u);
  EXPECT_EQ(images->front().state, "available");
  EXPECT_EQ(images->front().architecture, "arm64");
  const auto subnets = read_describe_subnets(
      "<DescribeSubnetsResponse><subnetSet><item><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>"
      "<availabilityZone>us-east-1a</availabilityZone>"
      "<availableIpAddressCount>17</availableIpAddressCount></item></subnetSet>"
      "</DescribeSubnetsResponse>");
  ASSERT_TRUE(subnets) << subnets.error().message;
  EXPECT_EQ(subnets->front().network, "vpc-1");
  EXPECT_EQ(subnets->front().free_addresses, 17);
}

TEST(Ec2Place, KnowsWhatAGroupLetsIn) {
  const auto groups = read_describe_security_groups(
      "<DescribeSecurityGroupsResponse><securityGroupInfo>"
      "<item><groupId>sg-1</groupId><vpcId>vpc-1</vpcId><ipPermissions><item>"
      "<ipProtocol>tcp</ipProtocol><fromPort>8000</fromPort><toPort>8100</toPort></item><item>"
      "<ipProtocol>udp</ipProtocol><fromPort>1</fromPort><toPort>9000</toPort></item>"
      "</ipPermissions></item>"
      "<item><groupId>sg-2</groupId><ipPermissions><item><ipProtocol>-1</ipProtocol></item>"
      "</ipPermissions></item>"
      "<item><groupId>sg-3</groupId><ipPermissions/></item>"
      "</securityGroupInfo></DescribeSecurityGroupsResponse>");
  ASSERT_TRUE(groups) << groups.error().message;
  ASSERT_EQ(groups->size(), 3u);
  EXPECT_TRUE((*groups)[0].lets_in_tcp(8000));
  EXPECT_TRUE((*groups)[0].lets_in_tcp(8100));
  EXPECT_FALSE((*groups)[0].lets_in_tcp(7999));
  EXPECT_FALSE((*groups)[0].lets_in_tcp(8101));
  EXPECT_TRUE((*groups)[1].lets_in_tcp(1)) << "all protocols";
  EXPECT_FALSE((*groups)[2].lets_in_tcp(8100));
}

TEST(Ec2Place, WhatIsNoAnswerIsSaid) {
  EXPECT_EQ(read_describe_images("<html/>").error().code, ErrorCode::unavailable);
  EXPECT_EQ(read_describe_subnets("<DescribeSubnetsResponse><subnetSet><item/></subnetSet>"
                                  "</DescribeSubnetsResponse>")
                .error()
                .code,
            ErrorCode::unavailable);
}

}  // namespace
}  // namespace paragon::aws::ec2
