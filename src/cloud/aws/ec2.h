// Requests to EC2 (API version 2016-11-15), typed, as the form bodies that its Query API takes.
//
// Each body() checks what AWS would refuse (errors: invalid, with the parameter's name), so that a
// wrong request costs no call. tests/aws compares the bodies with those of botocore.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "cloud/aws/instant.h"
#include "cloud/aws/request.h"

namespace paragon::aws::ec2 {

struct Tag {
  std::string key;    // 1 to 128 bytes, not beginning with "aws:"
  std::string value;  // to 256 bytes
  bool operator==(const Tag&) const = default;
};

// Keeps what has one of the values: {"tag:paragon", {"mine"}}, {"instance-state-name", {...}}.
struct Filter {
  std::string name;
  std::vector<std::string> values;
};

// One of id and name. Version: a number, "$Latest", "$Default" or empty for the latter.
struct LaunchTemplate {
  std::string id;
  std::string name;
  std::string version;
};

// A one-time spot instance that is terminated when it is taken away.
struct SpotOptions {
  std::optional<HourlyPrice> highest_price;  // none: the on-demand price
};

// Empty texts and lists are left to the launch template, or to AWS's defaults.
struct RunInstances {
  std::optional<LaunchTemplate> launch_template;
  std::string image_id;       // needed without a template
  std::string instance_type;  // needed without a template
  std::string subnet_id;
  std::vector<std::string> security_group_ids;
  std::string key_name;
  std::string instance_profile;        // a name, or an ARN ("arn:...")
  std::optional<bool> public_address;  // none: as the subnet has it
  std::string user_data;               // plain, at most 16 KB; encoded here
  std::optional<SpotOptions> spot;     // none: on demand
  std::vector<Tag> tags;               // of the instances, their volumes and spot requests
  std::string client_token;            // 1 to 64 of ASCII; the same token launches once
  int count = 1;                       // all or none
  bool shutdown_terminates = true;     // what shuts itself down is gone, not stopped (and billed)
  bool metadata_needs_session = true;  // instance metadata v2 only
  bool dry_run = false;
};

struct TerminateInstances {
  std::vector<std::string> instance_ids;  // 1 to 1000
  bool dry_run = false;
};

// By ids or by pages: AWS takes no page size with ids.
struct DescribeInstances {
  std::vector<std::string> instance_ids;
  std::vector<Filter> filters;
  std::optional<int> page_size;  // 5 to 1000
  std::string next_token;        // of the page before
  bool dry_run = false;
};

struct DescribeInstanceStatus {
  std::vector<std::string> instance_ids;
  std::vector<Filter> filters;
  bool also_not_running = false;
  std::optional<int> page_size;  // 5 to 1000
  std::string next_token;
  bool dry_run = false;
};

struct DescribeSpotPriceHistory {
  std::vector<std::string> instance_types;
  std::vector<std::string> products;  // "Linux/UNIX"
  std::string zone;
  std::optional<Instant> from;
  std::optional<Instant> until;
  std::optional<int> page_size;  // 1 to 1000
  std::string next_token;
  bool dry_run = false;
};

struct DescribeImages {
  std::vector<std::string> image_ids;
};

struct DescribeSubnets {
  std::vector<std::string> subnet_ids;
};

struct DescribeSecurityGroups {
  std::vector<std::string> group_ids;
};

Result<std::string> body(const RunInstances& order);
Result<std::string> body(const TerminateInstances& order);
Result<std::string> body(const DescribeInstances& question);
Result<std::string> body(const DescribeInstanceStatus& question);
Result<std::string> body(const DescribeSpotPriceHistory& question);
Result<std::string> body(const DescribeImages& question);
Result<std::string> body(const DescribeSubnets& question);
Result<std::string> body(const DescribeSecurityGroups& question);

// A body as a request to be signed: POST to "/" of `host`.
ServiceRequest request(std::string host, std::string body);

template <class Order>
Result<ServiceRequest> request_for(std::string host, const Order& order) {
  auto checked = body(order);
  if (!checked) return checked.error();
  return request(std::move(host), std::move(*checked));
}

inline constexpr std::size_t kUserDataMax = 16 * 1024;  // bytes before base64

}  // namespace paragon::aws::ec2
