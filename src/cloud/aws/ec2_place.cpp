#include "cloud/aws/ec2_place.h"

#include <algorithm>

#include "cloud/aws/xml.h"

namespace paragon::aws::ec2 {
namespace {

// The items of the list `set`, each read by `read`.
template <class Item, class Read>
Result<std::vector<Item>> items(std::string_view text, const char* root, const char* set,
                                Read read) {
  const auto document = xml::parse(text, root);
  if (!document) return document.error();
  std::vector<Item> out;
  for (const auto& item : (*document)->document_element().child(set).children("item")) {
    out.push_back(read(item));
    if (out.back().id.empty())
      return Error{ErrorCode::unavailable,
                   std::string("answer of EC2 is incomplete: an item of ") + set + " has no id"};
  }
  return out;
}

}  // namespace

bool SecurityGroup::lets_in_tcp(std::uint16_t port) const {
  return std::any_of(inbound.begin(), inbound.end(), [port](const Opening& opening) {
    if (opening.protocol == "-1") return true;
    return opening.protocol == "tcp" && opening.from_port <= port && port <= opening.to_port;
  });
}

Result<std::vector<Image>> read_describe_images(std::string_view text) {
  return items<Image>(text, "DescribeImagesResponse", "imagesSet", [](const pugi::xml_node& item) {
    return Image{xml::text(item, "imageId"), xml::text(item, "imageState"),
                 xml::text(item, "architecture")};
  });
}

Result<std::vector<Subnet>> read_describe_subnets(std::string_view text) {
  return items<Subnet>(text, "DescribeSubnetsResponse", "subnetSet",
                       [](const pugi::xml_node& item) {
                         return Subnet{xml::text(item, "subnetId"), xml::text(item, "vpcId"),
                                       xml::text(item, "availabilityZone"),
                                       item.child("availableIpAddressCount").text().as_int(0)};
                       });
}

Result<std::vector<SecurityGroup>> read_describe_security_groups(std::string_view text) {
  return items<SecurityGroup>(
      text, "DescribeSecurityGroupsResponse", "securityGroupInfo", [](const pugi::xml_node& item) {
        SecurityGroup out{xml::text(item, "groupId"), xml::text(item, "vpcId"), {}};
        for (const auto& rule : item.child("ipPermissions").children("item")) {
          out.inbound.push_back({xml::text(rule, "ipProtocol"),
                                 rule.child("fromPort").text().as_int(-1),
                                 rule.child("toPort").text().as_int(-1)});
        }
        return out;
      });
}

}  // namespace paragon::aws::ec2
