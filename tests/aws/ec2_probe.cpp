// EC2 requests from botocore's parameters, and our readings of EC2 answers.
#include "cloud/aws/ec2.h"
#include "cloud/aws/ec2_answer.h"
#include "probe.h"
#include "wire/base64.h"

namespace paragon::aws::probe {
namespace {

std::string text(const Json& from, const char* name) { return from.value(name, std::string()); }

std::vector<std::string> texts(const Json& from, const char* name) {
  return from.value(name, std::vector<std::string>());
}

std::vector<ec2::Tag> tags_of(const Json& list) {
  std::vector<ec2::Tag> out;
  for (const auto& tag : list) out.push_back({tag.at("Key"), tag.at("Value")});
  return out;
}

std::vector<ec2::Filter> filters_of(const Json& from) {
  std::vector<ec2::Filter> out;
  for (const auto& filter : from.value("Filters", Json::array())) {
    out.push_back({filter.at("Name"), filter.at("Values")});
  }
  return out;
}

std::optional<int> page_size(const Json& from) {
  if (!from.contains("MaxResults")) return std::nullopt;
  return from.at("MaxResults").get<int>();
}

std::optional<Instant> time(const Json& from, const char* name) {
  if (!from.contains(name)) return std::nullopt;
  return Instant(std::chrono::seconds(from.at(name).get<std::int64_t>()));
}

ec2::RunInstances run_instances(const Json& from) {
  ec2::RunInstances out;
  out.image_id = text(from, "ImageId");
  out.instance_type = text(from, "InstanceType");
  out.key_name = text(from, "KeyName");
  out.client_token = text(from, "ClientToken");
  out.user_data = from_base64(text(from, "UserData")).value_or("");
  out.count = from.at("MinCount");
  out.dry_run = from.value("DryRun", false);
  out.shutdown_terminates = from.contains("InstanceInitiatedShutdownBehavior");
  out.metadata_needs_session = from.contains("MetadataOptions");
  const Json network =
      from.contains("NetworkInterfaces") ? from.at("NetworkInterfaces")[0] : Json::object();
  out.subnet_id = text(from, "SubnetId") + text(network, "SubnetId");
  out.security_group_ids = from.contains("SecurityGroupIds") ? texts(from, "SecurityGroupIds")
                                                             : texts(network, "Groups");
  if (network.contains("AssociatePublicIpAddress")) {
    out.public_address = network.at("AssociatePublicIpAddress").get<bool>();
  }
  if (from.contains("IamInstanceProfile")) {
    const Json& profile = from.at("IamInstanceProfile");
    out.instance_profile = text(profile, "Arn") + text(profile, "Name");
  }
  if (from.contains("LaunchTemplate")) {
    const Json& base = from.at("LaunchTemplate");
    out.launch_template = ec2::LaunchTemplate{
        text(base, "LaunchTemplateId"), text(base, "LaunchTemplateName"), text(base, "Version")};
  }
  if (from.contains("InstanceMarketOptions")) {
    out.spot.emplace();
    const Json& options = from.at("InstanceMarketOptions").at("SpotOptions");
    if (options.contains("MaxPrice")) {
      out.spot->highest_price = per_hour(std::stod(options.at("MaxPrice").get<std::string>()));
    }
  }
  if (from.contains("TagSpecifications")) {
    out.tags = tags_of(from.at("TagSpecifications")[0].at("Tags"));
  }
  return out;
}

Result<std::string> body_of(const std::string& operation, const Json& from) {
  const bool dry = from.value("DryRun", false);
  if (operation == "RunInstances") return body(run_instances(from));
  if (operation == "TerminateInstances") {
    return body(ec2::TerminateInstances{texts(from, "InstanceIds"), dry});
  }
  if (operation == "DescribeInstances") {
    return body(ec2::DescribeInstances{texts(from, "InstanceIds"), filters_of(from),
                                       page_size(from), text(from, "NextToken"), dry});
  }
  if (operation == "DescribeInstanceStatus") {
    return body(ec2::DescribeInstanceStatus{texts(from, "InstanceIds"), filters_of(from),
                                            from.value("IncludeAllInstances", false),
                                            page_size(from), text(from, "NextToken"), dry});
  }
  return body(ec2::DescribeSpotPriceHistory{
      texts(from, "InstanceTypes"), texts(from, "ProductDescriptions"),
      text(from, "AvailabilityZone"), time(from, "StartTime"), time(from, "EndTime"),
      page_size(from), text(from, "NextToken"), dry});
}

Json seconds_of(const std::optional<Instant>& when) {
  return when ? Json(when->time_since_epoch().count()) : Json(nullptr);
}

Json json_of(const std::vector<ec2::Instance>& instances) {
  Json out = Json::array();
  for (const auto& instance : instances) {
    Json tags = Json::array();
    for (const auto& tag : instance.tags) tags.push_back({tag.key, tag.value});
    out.push_back({{"id", instance.id},
                   {"state", name(instance.state)},
                   {"type", instance.type},
                   {"zone", instance.zone},
                   {"private", instance.private_address},
                   {"public", instance.public_address},
                   {"spot", instance.spot},
                   {"launched", seconds_of(instance.launched)},
                   {"token", instance.client_token},
                   {"reason", instance.state_reason},
                   {"tags", tags}});
  }
  return out;
}

Json json_of(const ec2::InstancePage& page) {
  return {{"items", json_of(page.instances)}, {"next", page.next_token}};
}

Json json_of(const std::vector<ec2::StateChange>& changes) {
  Json out = Json::array();
  for (const auto& change : changes) {
    out.push_back({{"id", change.id}, {"before", name(change.before)}, {"now", name(change.now)}});
  }
  return out;
}

Json json_of(const ec2::HealthPage& page) {
  Json out = Json::array();
  for (const auto& health : page.instances) {
    Json events = Json::array();
    for (const auto& event : health.events) {
      events.push_back({event.code, seconds_of(event.not_before)});
    }
    out.push_back({{"id", health.id},
                   {"state", name(health.state)},
                   {"instance", name(health.instance)},
                   {"system", name(health.system)},
                   {"events", events}});
  }
  return {{"items", out}, {"next", page.next_token}};
}

Json json_of(const ec2::SpotPricePage& page) {
  Json out = Json::array();
  for (const auto& price : page.prices) {
    out.push_back({{"type", price.instance_type},
                   {"zone", price.zone},
                   {"product", price.product},
                   {"usd", price.price.value},
                   {"since", price.since.time_since_epoch().count()}});
  }
  return {{"items", out}, {"next", page.next_token}};
}

template <class Value>
Json shown(const Result<Value>& read) {
  if (!read) return {{"error", read.error().message}};
  return {{"value", json_of(*read)}};
}

}  // namespace

Json ec2_request(const Json& asked) {
  const auto made = body_of(asked.at("operation"), asked.at("parameters"));
  if (!made) return {{"error", made.error().message}};
  return {{"body", *made}};
}

Json ec2_answer(const Json& asked) {
  const std::string operation = asked.at("operation");
  const std::string xml = asked.at("xml");
  if (operation == "RunInstances") return shown(ec2::read_run_instances(xml));
  if (operation == "TerminateInstances") return shown(ec2::read_terminate_instances(xml));
  if (operation == "DescribeInstances") return shown(ec2::read_describe_instances(xml));
  if (operation == "DescribeInstanceStatus") return shown(ec2::read_describe_instance_status(xml));
  return shown(ec2::read_describe_spot_price_history(xml));
}

}  // namespace paragon::aws::probe
