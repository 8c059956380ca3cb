#include "cloud/aws/network_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cloud/aws/ec2_place.h"

namespace paragon::aws {

void check_image(CheckDesk& desk, CheckDesk::Next next) {
  const std::string& id = desk.settings.instances.image;
  if (id.empty()) {
    desk.tell(Grade::good, "image: left to the launch template");
    return next();
  }
  desk.ask(
      *desk.ec2, ec2::request_for(desk.ec2->host(), ec2::DescribeImages{{id}}),
      actions::kDescribeImages, Grade::wrong,
      [&desk, id](const std::string& body) {
        const auto images = ec2::read_describe_images(body);
        if (!images) return desk.tell(Grade::wrong, images.error().message);
        if (images->empty()) {
          return desk.tell(Grade::wrong,
                           fmt::format("image {}: not there; check the id and the region, and that "
                                       "it is shared with this account",
                                       id));
        }
        const bool usable = images->front().state == "available";
        desk.tell(usable ? Grade::good : Grade::wrong,
                  fmt::format("image {}: {}, {}", id, images->front().state,
                              images->front().architecture));
      },
      std::move(next));
}

void check_subnets(CheckDesk& desk, CheckDesk::Next next) {
  const auto& subnets = desk.settings.instances.subnets;
  if (subnets.empty()) {
    desk.tell(Grade::good, "subnets: left to the launch template or the default network");
    return next();
  }
  desk.ask(
      *desk.ec2, ec2::request_for(desk.ec2->host(), ec2::DescribeSubnets{subnets}),
      actions::kDescribeSubnets, Grade::wrong,
      [&desk](const std::string& body) {
        const auto found = ec2::read_describe_subnets(body);
        if (!found) return desk.tell(Grade::wrong, found.error().message);
        int free = 0;
        for (const auto& subnet : *found) {
          free += subnet.free_addresses;
          desk.networks.insert(subnet.network);
          desk.tell(subnet.free_addresses > 0 ? Grade::good : Grade::wrong,
                    fmt::format("subnet {}: {}, {} free addresses", subnet.id, subnet.zone,
                                subnet.free_addresses));
        }
        if (free < desk.machines_max) {
          desk.tell(Grade::warning, fmt::format("subnets: {} free addresses for up to {} machines "
                                                "(brain.machines_max); add a subnet",
                                                free, desk.machines_max));
        }
        if (desk.networks.size() > 1)
          desk.tell(Grade::wrong, "subnets: they are in different networks (VPCs)");
      },
      std::move(next));
}

void check_security_groups(CheckDesk& desk, CheckDesk::Next next) {
  const auto& settings = desk.settings.instances;
  if (settings.security_groups.empty()) {
    desk.tell(Grade::warning,
              fmt::format("security groups: left to the launch template or the default one; TCP "
                          "port {} must be open to this server",
                          settings.port));
    return next();
  }
  desk.ask(
      *desk.ec2,
      ec2::request_for(desk.ec2->host(), ec2::DescribeSecurityGroups{settings.security_groups}),
      actions::kDescribeSecurityGroups, Grade::wrong,
      [&desk, port = settings.port](const std::string& body) {
        const auto found = ec2::read_describe_security_groups(body);
        if (!found) return desk.tell(Grade::wrong, found.error().message);
        const bool open = std::any_of(found->begin(), found->end(), [port](const auto& group) {
          return group.lets_in_tcp(port);
        });
        for (const auto& group : *found) {
          if (!desk.networks.empty() && !desk.networks.contains(group.network)) {
            desk.tell(Grade::wrong,
                      fmt::format("security group {}: in network {}, which is not the subnets'",
                                  group.id, group.network));
          }
        }
        desk.tell(open ? Grade::good : Grade::wrong,
                  fmt::format("security groups: TCP port {} is {}", port,
                              open ? "open to somebody" : "open to nobody; let this server in"));
      },
      std::move(next));
}

}  // namespace paragon::aws
