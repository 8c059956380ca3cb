// What a cloud on AWS can be told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "catalog/provisioned.h"
#include "cloud/aws/ec2.h"
#include "cloud/aws/lambda.h"

namespace paragon::aws {

// The EC2 instances that are bought. What is empty is left to the launch template or to AWS.
struct InstanceSettings {
  std::string image;  // "ami-..."; needed without a launch template
  std::optional<ec2::LaunchTemplate> launch_template;
  std::vector<std::string> subnets;  // tried in turn when one zone has no capacity
  std::vector<std::string> security_groups;
  std::string instance_profile;
  std::string key_name;
  bool public_address = false;  // queries go to the public address, which is also asked for

  // How the worker is started there (user_data.h).
  std::string setup;  // lines of shell before it: fetch the program, mount a disk
  std::string program = "/opt/paragon/bin/paragon";
  std::string catalog_file;  // on the instance; empty: the shipped one
  std::string models_dir;    // likewise
  std::uint16_t port = 8100;
  // A worker that has not heard from its controller for so long ends its own instance.
  Duration orphan_after = std::chrono::minutes(10);

  // Not ready for so long after it was ordered: given up.
  Duration boot_timeout = std::chrono::minutes(10);
  // What EC2 has launched or ended may be missing from its lists for so long.
  Duration list_lag = std::chrono::seconds(60);
  Duration poll_changing = std::chrono::seconds(2);  // EC2 is asked so often while anything changes
  Duration poll_settled = std::chrono::seconds(15);  // and so often otherwise
  Duration heartbeat = std::chrono::seconds(5);      // between two questions to a worker
  Duration status_every = std::chrono::seconds(30);  // between two looks at EC2's own checks
};

// The Lambda functions. Without code there are none, and calls are refused.
struct FunctionSettings {
  lambda::Code code;  // its archive's bytes are read from a file by whoever reads a configuration
  std::string role;   // ARN that the functions run under
  lambda::Architecture architecture = lambda::Architecture::x86_64;
  Duration timeout = std::chrono::seconds(60);  // of one invocation, whole seconds
  std::vector<std::string> subnets;  // with security groups: inside a network of one's own
  std::vector<std::string> security_groups;
  // How often a function that is being made or changed is looked at, and for how long.
  Duration poll = std::chrono::milliseconds(500);
  Duration ready_timeout = std::chrono::minutes(5);
  std::vector<Provisioned> provisioned;  // environments to be kept: for a check beforehand
  // How often environments that are kept provisioned are looked at once all are ready, and when it
  // is tried again where that failed.
  Duration provisioned_poll = std::chrono::minutes(1);
  Duration provisioned_again = std::chrono::minutes(10);

  bool any() const { return !code.zip.empty() || code.s3 || !code.image_uri.empty(); }
};

struct AwsSettings {
  // Names what belongs together: everything that is made carries it. See check_deployment_name().
  std::string deployment = "default";
  std::string region;  // empty: as AWS's own tools find it
  // Tells the machines ordered by this start of the controller from those of earlier ones, so that
  // an order of now is never taken for one of then. 8 to 24 of a-z and 0-9.
  std::string run;
  InstanceSettings instances;
  FunctionSettings functions;
  std::uint64_t seed = 1;  // of waiting before something is tried again
};

}  // namespace paragon::aws
