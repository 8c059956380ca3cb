// Every call to AWS that we make. One that is not in this list cannot be sent, so the least policy
// that works can be held against it (tests/aws, deploy/aws).
#pragma once

#include <array>

namespace paragon::aws {

struct Action {
  const char* name;        // as AWS documents it: for messages
  const char* permission;  // of an IAM policy; empty: none is needed
  bool changes = false;    // it buys, changes, runs or ends something, rather than only looks
};

namespace actions {

inline constexpr Action kRunInstances{"RunInstances", "ec2:RunInstances", true};
inline constexpr Action kTerminateInstances{"TerminateInstances", "ec2:TerminateInstances", true};
inline constexpr Action kDescribeInstances{"DescribeInstances", "ec2:DescribeInstances"};
inline constexpr Action kDescribeInstanceStatus{"DescribeInstanceStatus",
                                                "ec2:DescribeInstanceStatus"};
inline constexpr Action kDescribeImages{"DescribeImages", "ec2:DescribeImages"};
inline constexpr Action kDescribeSubnets{"DescribeSubnets", "ec2:DescribeSubnets"};
inline constexpr Action kDescribeSecurityGroups{"DescribeSecurityGroups",
                                                "ec2:DescribeSecurityGroups"};
inline constexpr Action kDescribeSpotPriceHistory{"DescribeSpotPriceHistory",
                                                  "ec2:DescribeSpotPriceHistory"};

inline constexpr Action kCreateFunction{"CreateFunction", "lambda:CreateFunction", true};
inline constexpr Action kUpdateFunctionCode{"UpdateFunctionCode", "lambda:UpdateFunctionCode",
                                            true};
inline constexpr Action kUpdateFunctionConfiguration{"UpdateFunctionConfiguration",
                                                     "lambda:UpdateFunctionConfiguration", true};
inline constexpr Action kGetFunction{"GetFunction", "lambda:GetFunction"};
inline constexpr Action kListFunctions{"ListFunctions", "lambda:ListFunctions"};
inline constexpr Action kInvoke{"Invoke", "lambda:InvokeFunction", true};
inline constexpr Action kDeleteFunction{"DeleteFunction", "lambda:DeleteFunction", true};
inline constexpr Action kPublishVersion{"PublishVersion", "lambda:PublishVersion", true};
inline constexpr Action kListVersionsByFunction{"ListVersionsByFunction",
                                                "lambda:ListVersionsByFunction"};
inline constexpr Action kPutProvisionedConcurrencyConfig{
    "PutProvisionedConcurrencyConfig", "lambda:PutProvisionedConcurrencyConfig", true};
inline constexpr Action kGetProvisionedConcurrencyConfig{"GetProvisionedConcurrencyConfig",
                                                         "lambda:GetProvisionedConcurrencyConfig"};
inline constexpr Action kListProvisionedConcurrencyConfigs{
    "ListProvisionedConcurrencyConfigs", "lambda:ListProvisionedConcurrencyConfigs"};
inline constexpr Action kDeleteProvisionedConcurrencyConfig{
    "DeleteProvisionedConcurrencyConfig", "lambda:DeleteProvisionedConcurrencyConfig", true};

inline constexpr Action kGetCallerIdentity{"GetCallerIdentity", ""};
inline constexpr Action kGetServiceQuota{"GetServiceQuota", "servicequotas:GetServiceQuota"};
inline constexpr Action kGetProducts{"GetProducts", "pricing:GetProducts"};

inline constexpr std::array kAll = {
    kRunInstances,
    kTerminateInstances,
    kDescribeInstances,
    kDescribeInstanceStatus,
    kDescribeImages,
    kDescribeSubnets,
    kDescribeSecurityGroups,
    kCreateFunction,
    kUpdateFunctionCode,
    kUpdateFunctionConfiguration,
    kGetFunction,
    kListFunctions,
    kInvoke,
    kDeleteFunction,
    kPublishVersion,
    kListVersionsByFunction,
    kPutProvisionedConcurrencyConfig,
    kGetProvisionedConcurrencyConfig,
    kListProvisionedConcurrencyConfigs,
    kDeleteProvisionedConcurrencyConfig,
    kGetCallerIdentity,
    kGetServiceQuota,
    kGetProducts,
    kDescribeSpotPriceHistory,
};

}  // namespace actions
}  // namespace paragon::aws
