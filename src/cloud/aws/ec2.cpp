#include "cloud/aws/ec2.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "wire/base64.h"

namespace paragon::aws::ec2 {
namespace {

constexpr std::size_t kIdsMax = 1000;
constexpr std::size_t kTagsMax = 50;
constexpr std::size_t kTokenMax = 64;

// A form in the making: skips what is not given, remembers the first complaint.
class Form {
 public:
  explicit Form(const std::string& action)
      : action_(action), pairs_{{"Action", action}, {"Version", "2016-11-15"}} {}

  void add(std::string name, std::string value) {
    if (!value.empty()) pairs_.emplace_back(std::move(name), std::move(value));
  }
  void add_also_empty(std::string name, std::string value) {
    pairs_.emplace_back(std::move(name), std::move(value));
  }
  void add_if(std::string name, bool value) {
    if (value) add(std::move(name), "true");
  }
  void add_all(const std::string& name, const std::vector<std::string>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      require(!values[i].empty(), name + " holds an empty text");
      add(fmt::format("{}.{}", name, i + 1), values[i]);
    }
  }
  void add_filters(const std::vector<Filter>& filters) {
    for (std::size_t i = 0; i < filters.size(); ++i) {
      const std::string name = fmt::format("Filter.{}", i + 1);
      require(!filters[i].name.empty() && !filters[i].values.empty(),
              name + " needs a name and values");
      add(name + ".Name", filters[i].name);
      add_all(name + ".Value", filters[i].values);
    }
  }
  void add_page(const std::optional<int>& size, int least, bool by_ids, const std::string& token) {
    if (size) {
      require(*size >= least && *size <= 1000,
              fmt::format("MaxResults {} must be {} to 1000", *size, least));
      require(!by_ids, "MaxResults cannot be given with instance ids");
      add("MaxResults", std::to_string(*size));
    }
    add("NextToken", token);
  }

  void require(bool holds, const std::string& complaint) {
    if (!holds && complaint_.empty()) complaint_ = complaint;
  }

  Result<std::string> finish() const {
    if (complaint_.empty()) return form(pairs_);
    return Error{ErrorCode::invalid, "EC2 " + action_ + ": " + complaint_};
  }

 private:
  std::string action_;
  Pairs pairs_;
  std::string complaint_;
};

void add_tags(Form& form, const RunInstances& order) {
  form.require(order.tags.size() <= kTagsMax,
               fmt::format("{} tags; at most {} are allowed", order.tags.size(), kTagsMax));
  std::set<std::string> keys;
  for (const Tag& tag : order.tags) {
    form.require(!tag.key.empty() && tag.key.size() <= 128 && !tag.key.starts_with("aws:"),
                 "tag key '" + tag.key + "' must have 1 to 128 bytes and not begin with 'aws:'");
    form.require(tag.value.size() <= 256, "value of tag '" + tag.key + "' is over 256 bytes");
    form.require(keys.insert(tag.key).second, "tag '" + tag.key + "' is given twice");
  }
  if (order.tags.empty()) return;
  std::vector<std::string> kinds = {"instance", "volume"};
  if (order.spot) kinds.emplace_back("spot-instances-request");
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    const std::string name = fmt::format("TagSpecification.{}", kind + 1);
    form.add(name + ".ResourceType", kinds[kind]);
    for (std::size_t i = 0; i < order.tags.size(); ++i) {
      form.add(fmt::format("{}.Tag.{}.Key", name, i + 1), order.tags[i].key);
      form.add_also_empty(fmt::format("{}.Tag.{}.Value", name, i + 1), order.tags[i].value);
    }
  }
}

void add_spot(Form& form, const SpotOptions& spot) {
  form.add("InstanceMarketOptions.MarketType", "spot");
  form.add("InstanceMarketOptions.SpotOptions.SpotInstanceType", "one-time");
  form.add("InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior", "terminate");
  if (!spot.highest_price) return;
  const double usd = spot.highest_price->value;
  form.require(std::isfinite(usd) && usd >= 1e-6,
               fmt::format("highest spot price {} must be at least $0.000001 an hour", usd));
  form.add("InstanceMarketOptions.SpotOptions.MaxPrice", fmt::format("{:.6f}", usd));
}

// An address asked for goes with a network interface, which then takes subnet and groups.
void add_network(Form& form, const RunInstances& order) {
  if (!order.public_address) {
    form.add("SubnetId", order.subnet_id);
    form.add_all("SecurityGroupId", order.security_group_ids);
    return;
  }
  form.add("NetworkInterface.1.DeviceIndex", "0");
  form.add("NetworkInterface.1.AssociatePublicIpAddress", *order.public_address ? "true" : "false");
  form.add("NetworkInterface.1.SubnetId", order.subnet_id);
  form.add_all("NetworkInterface.1.SecurityGroupId", order.security_group_ids);
}

void add_template(Form& form, const LaunchTemplate& from) {
  form.require(from.id.empty() != from.name.empty(),
               "a launch template needs either an id or a name");
  form.add("LaunchTemplate.LaunchTemplateId", from.id);
  form.add("LaunchTemplate.LaunchTemplateName", from.name);
  form.add("LaunchTemplate.Version", from.version);
}

}  // namespace

Result<std::string> body(const RunInstances& order) {
  Form form("RunInstances");
  if (order.launch_template) {
    add_template(form, *order.launch_template);
  } else {
    form.require(!order.image_id.empty(), "ImageId is needed without a launch template");
    form.require(!order.instance_type.empty(), "InstanceType is needed without a launch template");
  }
  form.add("ImageId", order.image_id);
  form.add("InstanceType", order.instance_type);
  form.require(order.count >= 1, fmt::format("count {} must be at least 1", order.count));
  form.add("MinCount", std::to_string(order.count));
  form.add("MaxCount", std::to_string(order.count));
  add_network(form, order);
  form.add("KeyName", order.key_name);
  form.add(order.instance_profile.starts_with("arn:") ? "IamInstanceProfile.Arn"
                                                      : "IamInstanceProfile.Name",
           order.instance_profile);
  form.require(order.user_data.size() <= kUserDataMax,
               fmt::format("user data of {} bytes; at most {} are allowed", order.user_data.size(),
                           kUserDataMax));
  form.add("UserData", base64(order.user_data));
  if (order.spot) add_spot(form, *order.spot);
  add_tags(form, order);
  form.require(!order.client_token.empty() && order.client_token.size() <= kTokenMax &&
                   std::all_of(order.client_token.begin(), order.client_token.end(),
                               [](char c) { return c > ' ' && c <= '~'; }),
               "ClientToken '" + order.client_token +
                   "' must have 1 to 64 characters of ASCII; without it an order whose answer is "
                   "lost would be carried out twice");
  form.add("ClientToken", order.client_token);
  if (order.shutdown_terminates) {
    form.add("InstanceInitiatedShutdownBehavior", "terminate");
  }
  if (order.metadata_needs_session) {
    form.add("MetadataOptions.HttpTokens", "required");
  }
  form.add_if("DryRun", order.dry_run);
  return form.finish();
}

Result<std::string> body(const TerminateInstances& order) {
  Form form("TerminateInstances");
  form.require(
      !order.instance_ids.empty() && order.instance_ids.size() <= kIdsMax,
      fmt::format("{} instance ids; 1 to {} are allowed", order.instance_ids.size(), kIdsMax));
  form.add_all("InstanceId", order.instance_ids);
  form.add_if("DryRun", order.dry_run);
  return form.finish();
}

Result<std::string> body(const DescribeInstances& question) {
  Form form("DescribeInstances");
  form.add_all("InstanceId", question.instance_ids);
  form.add_filters(question.filters);
  form.add_page(question.page_size, 5, !question.instance_ids.empty(), question.next_token);
  form.add_if("DryRun", question.dry_run);
  return form.finish();
}

Result<std::string> body(const DescribeInstanceStatus& question) {
  Form form("DescribeInstanceStatus");
  form.add_all("InstanceId", question.instance_ids);
  form.add_filters(question.filters);
  form.add_if("IncludeAllInstances", question.also_not_running);
  form.add_page(question.page_size, 5, !question.instance_ids.empty(), question.next_token);
  form.add_if("DryRun", question.dry_run);
  return form.finish();
}

Result<std::string> body(const DescribeSpotPriceHistory& question) {
  Form form("DescribeSpotPriceHistory");
  form.add_all("InstanceType", question.instance_types);
  form.add_all("ProductDescription", question.products);
  form.add("AvailabilityZone", question.zone);
  if (question.from && question.until) {
    form.require(*question.from <= *question.until, "StartTime is after EndTime");
  }
  if (question.from) form.add("StartTime", extended_text(*question.from));
  if (question.until) form.add("EndTime", extended_text(*question.until));
  form.add_page(question.page_size, 1, false, question.next_token);
  form.add_if("DryRun", question.dry_run);
  return form.finish();
}

Result<std::string> body(const DescribeImages& question) {
  Form form("DescribeImages");
  form.add_all("ImageId", question.image_ids);
  return form.finish();
}

Result<std::string> body(const DescribeSubnets& question) {
  Form form("DescribeSubnets");
  form.add_all("SubnetId", question.subnet_ids);
  return form.finish();
}

Result<std::string> body(const DescribeSecurityGroups& question) {
  Form form("DescribeSecurityGroups");
  form.add_all("GroupId", question.group_ids);
  return form.finish();
}

ServiceRequest request(std::string host, std::string body) {
  ServiceRequest out;
  out.host = std::move(host);
  out.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  out.body = std::move(body);
  return out;
}

}  // namespace paragon::aws::ec2
