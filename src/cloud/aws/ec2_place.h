// What EC2 says of where instances are to run: images, subnets, security groups. Errors of all:
// unavailable, when the answer is not what AWS sends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace paragon::aws::ec2 {

struct Image {
  std::string id;
  std::string state;         // "available"
  std::string architecture;  // "x86_64"
};

struct Subnet {
  std::string id;
  std::string network;  // the VPC's id
  std::string zone;
  int free_addresses = 0;
};

struct SecurityGroup {
  std::string id;
  std::string network;
  struct Opening {
    std::string protocol;  // "tcp", "-1" for all
    int from_port = -1;
    int to_port = -1;
  };
  std::vector<Opening> inbound;

  bool lets_in_tcp(std::uint16_t port) const;  // from anywhere at all
};

Result<std::vector<Image>> read_describe_images(std::string_view xml);
Result<std::vector<Subnet>> read_describe_subnets(std::string_view xml);
Result<std::vector<SecurityGroup>> read_describe_security_groups(std::string_view xml);

}  // namespace paragon::aws::ec2
