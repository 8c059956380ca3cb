// What is ours: the tags and names by which instances and functions are found again, whatever
// happened in between. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "catalog/offer.h"
#include "cloud/aws/ec2.h"
#include "cloud/aws/ec2_answer.h"
#include "cloud/aws/lambda.h"

namespace paragon::aws {

inline constexpr const char* kDeploymentTag = "paragon:deployment";
inline constexpr const char* kRunTag = "paragon:run";          // of the controller that ordered it
inline constexpr const char* kMachineTag = "paragon:machine";  // the MachineId's number
inline constexpr const char* kOfferTag = "paragon:offer";      // a machine's or a function's
inline constexpr const char* kVariantTag = "paragon:variant";

// 1 to 30 of a-z, 0-9 and "-", beginning with a letter. Error: invalid.
Status check_deployment_name(const std::string& name);

struct MachineOwner {
  std::string deployment;
  std::string run;
  MachineId machine;
  std::string offer;
};

// The EC2 type that an offer is of: "c5.large" of "c5.large:spot".
std::string instance_type(const MachineOffer& offer);

std::vector<ec2::Tag> tags_of(const MachineOwner& owner);
// None for an instance without these tags, or with others' values in them.
std::optional<MachineOwner> owner_of(const ec2::Instance& instance);
// The same order has the same token, so that repeating it launches nothing again.
std::string order_token(const MachineOwner& owner);
// Finds all instances of a deployment, also those of earlier runs.
std::vector<ec2::Filter> all_of(const std::string& deployment);

lambda::Texts function_tags(const std::string& deployment, std::string_view offer,
                            std::string_view variant);
// Of all functions of a deployment: "paragon-shop-".
std::string function_prefix(const std::string& deployment);
// "paragon-shop-lambda-1769mb-garment_s": at most 64 of letters, digits, "-" and "_"; what is
// longer is cut and ends in a hash of the whole, so that two never share a name.
std::string function_name(const std::string& deployment, std::string_view offer,
                          std::string_view variant);

}  // namespace paragon::aws
