#include "cloud/aws/ownership.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace paragon::aws {
namespace {

ec2::Instance tagged(const MachineOwner& owner) {
  ec2::Instance instance;
  instance.tags = tags_of(owner);
  return instance;
}

TEST(AwsOwnership, TagsNameTheOwnerAgain) {
  const MachineOwner owner{"shop", "19a0b1c2d3ep7b", MachineId{42}, "c5.large:spot"};
  const auto found = owner_of(tagged(owner));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->deployment, "shop");
  EXPECT_EQ(found->run, owner.run);
  EXPECT_EQ(found->machine, MachineId{42});
  EXPECT_EQ(found->offer, "c5.large:spot");
}

TEST(AwsOwnership, WhatOthersTaggedIsNotOurs) {
  EXPECT_FALSE(owner_of(ec2::Instance{}));
  for (const char* id : {"", "0", "x", "7x", "-1", "99999999999"}) {
    ec2::Instance instance = tagged({"shop", "r", MachineId{7}, "m5.large"});
    for (auto& tag : instance.tags)
      if (tag.key == kMachineTag) tag.value = id;
    EXPECT_FALSE(owner_of(instance)) << id;
  }
}

TEST(AwsOwnership, AnOrdersTokenIsItsOwnAndFits) {
  std::set<std::string> tokens;
  for (const char* deployment : {"a", "abcdefghijklmnopqrstuvwxyz-123"}) {
    for (const char* run : {"19a0b1c2d3ep7b", "19a0b1c2d3ep7c"}) {
      for (const std::uint32_t id : {1U, 12U, 4'294'967'295U}) {
        const auto token = order_token({deployment, run, MachineId{id}, "x"});
        EXPECT_LE(token.size() + 3, 64U) << token;  // room for a subnet's number
        EXPECT_TRUE(tokens.insert(token).second) << token;
      }
    }
  }
}

TEST(AwsOwnership, DeploymentNames) {
  for (const char* good : {"a", "shop", "shop-2", "abcdefghijklmnopqrstuvwxyz-123"})
    EXPECT_TRUE(check_deployment_name(good)) << good;
  for (const char* bad :
       {"", "2shop", "-a", "Shop", "a_b", "a b", "abcdefghijklmnopqrstuvwxyz-1234"})
    EXPECT_FALSE(check_deployment_name(bad)) << bad;
}

TEST(AwsOwnership, FunctionNamesAreLambdasAndDistinct) {
  EXPECT_EQ(function_name("shop", "lambda-1769mb", "garment_s"),
            "paragon-shop-lambda-1769mb-garment_s");
  std::set<std::string> names;
  const std::string long_one(80, 'v');
  for (const char* offer : {"lambda-512mb", "lambda-1769mb"}) {
    for (const std::string& variant :
         {std::string("s"), std::string("s.int8"), std::string("s_int8"), std::string("s int8"),
          long_one, long_one + "2"}) {
      const std::string name = function_name("shop", offer, variant);
      EXPECT_LE(name.size(), 64U);
      EXPECT_EQ(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789-_"),
                std::string::npos)
          << name;
      EXPECT_TRUE(name.starts_with(function_prefix("shop")));
      EXPECT_TRUE(names.insert(name).second) << name;
    }
  }
}

}  // namespace
}  // namespace paragon::aws
