#include "cloud/aws/ownership.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/sha256.h"

namespace paragon::aws {
namespace {

constexpr std::size_t kNameMax = 64;
constexpr std::size_t kHashDigits = 8;

bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::string tag_in(const std::vector<ec2::Tag>& tags, std::string_view key) {
  const auto found =
      std::find_if(tags.begin(), tags.end(), [&](const ec2::Tag& tag) { return tag.key == key; });
  return found == tags.end() ? std::string() : found->value;
}

}  // namespace

Status check_deployment_name(const std::string& name) {
  const bool good =
      !name.empty() && name.size() <= 30 && name[0] >= 'a' && name[0] <= 'z' &&
      std::all_of(name.begin(), name.end(), [](char c) { return lower_or_digit(c) || c == '-'; });
  if (good) return {};
  return {ErrorCode::invalid, "deployment name '" + name +
                                  "': expected 1 to 30 of a-z, 0-9 and '-', beginning with a "
                                  "letter"};
}

std::string instance_type(const MachineOffer& offer) {
  return offer.name.substr(0, offer.name.find(':'));
}

std::vector<ec2::Tag> tags_of(const MachineOwner& owner) {
  const std::string id = std::to_string(owner.machine.value);
  return {{"Name", "paragon-" + owner.deployment + "-m" + id},
          {kDeploymentTag, owner.deployment},
          {kRunTag, owner.run},
          {kMachineTag, id},
          {kOfferTag, owner.offer}};
}

std::optional<MachineOwner> owner_of(const ec2::Instance& instance) {
  MachineOwner owner{tag_in(instance.tags, kDeploymentTag),
                     tag_in(instance.tags, kRunTag),
                     {},
                     tag_in(instance.tags, kOfferTag)};
  const std::string id = tag_in(instance.tags, kMachineTag);
  const auto [end, failed] = std::from_chars(id.data(), id.data() + id.size(), owner.machine.value);
  if (failed != std::errc() || end != id.data() + id.size() || owner.machine.value == 0)
    return std::nullopt;
  if (owner.deployment.empty() || owner.offer.empty()) return std::nullopt;
  return owner;
}

std::string order_token(const MachineOwner& owner) {
  return fmt::format("{}-{}-m{}", owner.deployment, owner.run, owner.machine.value);
}

std::vector<ec2::Filter> all_of(const std::string& deployment) {
  return {{std::string("tag:") + kDeploymentTag, {deployment}}};
}

lambda::Texts function_tags(const std::string& deployment, std::string_view offer,
                            std::string_view variant) {
  return {{kDeploymentTag, deployment},
          {kOfferTag, std::string(offer)},
          {kVariantTag, std::string(variant)}};
}

std::string function_prefix(const std::string& deployment) { return "paragon-" + deployment + '-'; }

std::string function_name(const std::string& deployment, std::string_view offer,
                          std::string_view variant) {
  const std::string whole = fmt::format("{}{}-{}", function_prefix(deployment), offer, variant);
  std::string name = whole;
  bool changed = false;
  for (char& c : name) {
    const bool good = lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    if (good) continue;
    c = '_';
    changed = true;
  }
  if (!changed && name.size() <= kNameMax) return name;
  name.resize(std::min(name.size(), kNameMax - kHashDigits - 1));
  return name + '-' + sha256_hex(whole).substr(0, kHashDigits);
}

}  // namespace paragon::aws
