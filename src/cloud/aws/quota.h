// Service quotas: how much the account may have at once. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cloud/aws/request.h"

namespace paragon::aws::quota {

// Those that matter here, by AWS's codes.
struct Quota {
  const char* service;  // "ec2"
  const char* code;     // "L-1216C47A"
  const char* what;     // for people
};
inline constexpr Quota kOnDemandVcpus{"ec2", "L-1216C47A", "vCPUs of on-demand instances"};
inline constexpr Quota kSpotVcpus{"ec2", "L-34B43A08", "vCPUs of spot instances"};
inline constexpr Quota kFunctions{"lambda", "L-B99A9384", "Lambda functions running at once"};

ServiceRequest get_request(const std::string& host, const Quota& quota);
// Error: unavailable, when the answer is not what AWS sends.
Result<double> read_value(std::string_view json);

}  // namespace paragon::aws::quota
