#include "cloud/aws/ec2_answer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "cloud/aws/xml.h"

namespace paragon::aws::ec2 {
namespace {

constexpr std::array<std::pair<InstanceState, const char*>, 7> kStates = {{
    {InstanceState::pending, "pending"},
    {InstanceState::running, "running"},
    {InstanceState::shutting_down, "shutting-down"},
    {InstanceState::terminated, "terminated"},
    {InstanceState::stopping, "stopping"},
    {InstanceState::stopped, "stopped"},
    {InstanceState::unknown, "unknown"},
}};
constexpr std::array<std::pair<Check, const char*>, 6> kChecks = {{
    {Check::ok, "ok"},
    {Check::impaired, "impaired"},
    {Check::initializing, "initializing"},
    {Check::insufficient_data, "insufficient-data"},
    {Check::not_applicable, "not-applicable"},
    {Check::unknown, "unknown"},
}};

template <class Value, std::size_t N>
Value named(const std::array<std::pair<Value, const char*>, N>& table, std::string_view text) {
  for (const auto& [value, name] : table) {
    if (text == name) return value;
  }
  return Value::unknown;
}

template <class Value, std::size_t N>
const char* name_in(const std::array<std::pair<Value, const char*>, N>& table, Value wanted) {
  for (const auto& [value, name] : table) {
    if (value == wanted) return name;
  }
  return "unknown";
}

InstanceState state_in(const pugi::xml_node& node, const char* child) {
  return named(kStates, xml::text(node.child(child), "name"));
}

Error incomplete(const std::string& what) {
  return {ErrorCode::unavailable, "answer of EC2 is incomplete: " + what};
}

std::optional<Instant> time_in(const pugi::xml_node& node, const char* child) {
  auto read = read_instant(xml::text(node, child));
  if (!read) return std::nullopt;
  return *read;
}

Result<Instance> read_instance(const pugi::xml_node& item) {
  Instance out;
  out.id = xml::text(item, "instanceId");
  if (out.id.empty()) return incomplete("an instance has no instanceId");
  out.state = state_in(item, "instanceState");
  out.type = xml::text(item, "instanceType");
  out.zone = xml::text(item.child("placement"), "availabilityZone");
  out.private_address = xml::text(item, "privateIpAddress");
  out.public_address = xml::text(item, "ipAddress");
  out.spot = xml::text(item, "instanceLifecycle") == "spot";
  out.launched = time_in(item, "launchTime");
  out.client_token = xml::text(item, "clientToken");
  if (const auto reason = item.child("stateReason")) {
    out.state_reason = xml::text(reason, "code") + ": " + xml::text(reason, "message");
  }
  for (const auto& tag : item.child("tagSet").children("item")) {
    out.tags.push_back({xml::text(tag, "key"), xml::text(tag, "value")});
  }
  return out;
}

Status read_instances(const pugi::xml_node& set, std::vector<Instance>& out) {
  for (const auto& item : set.children("item")) {
    auto instance = read_instance(item);
    if (!instance) return instance.error();
    out.push_back(std::move(*instance));
  }
  return {};
}

Result<SpotPrice> read_spot_price(const pugi::xml_node& item) {
  SpotPrice out{xml::text(item, "instanceType"),
                xml::text(item, "availabilityZone"),
                xml::text(item, "productDescription"),
                {},
                {}};
  const std::string price = xml::text(item, "spotPrice");
  const auto parsed = std::from_chars(price.data(), price.data() + price.size(), out.price.value);
  if (parsed.ec != std::errc() || parsed.ptr != price.data() + price.size() ||
      !std::isfinite(out.price.value) || out.price.value < 0) {
    return incomplete("spotPrice '" + price + "' is not a price");
  }
  auto since = read_instant(xml::text(item, "timestamp"));
  if (!since) return incomplete("timestamp " + since.error().message);
  out.since = *since;
  if (out.instance_type.empty()) return incomplete("a spot price has no instanceType");
  return out;
}

}  // namespace

const char* name(InstanceState state) { return name_in(kStates, state); }
const char* name(Check check) { return name_in(kChecks, check); }

Result<std::vector<Instance>> read_run_instances(std::string_view text) {
  const auto document = xml::parse(text, "RunInstancesResponse");
  if (!document) return document.error();
  std::vector<Instance> out;
  const auto set = (*document)->document_element().child("instancesSet");
  if (auto read = read_instances(set, out); !read) return read.error();
  if (out.empty()) return incomplete("RunInstances launched no instance");
  return out;
}

Result<std::vector<StateChange>> read_terminate_instances(std::string_view text) {
  const auto document = xml::parse(text, "TerminateInstancesResponse");
  if (!document) return document.error();
  std::vector<StateChange> out;
  const auto set = (*document)->document_element().child("instancesSet");
  for (const auto& item : set.children("item")) {
    out.push_back({xml::text(item, "instanceId"), state_in(item, "previousState"),
                   state_in(item, "currentState")});
    if (out.back().id.empty()) return incomplete("a state change has no instanceId");
  }
  return out;
}

Result<InstancePage> read_describe_instances(std::string_view text) {
  const auto document = xml::parse(text, "DescribeInstancesResponse");
  if (!document) return document.error();
  const auto root = (*document)->document_element();
  InstancePage out;
  for (const auto& reservation : root.child("reservationSet").children("item")) {
    if (auto read = read_instances(reservation.child("instancesSet"), out.instances); !read) {
      return read.error();
    }
  }
  out.next_token = xml::text(root, "nextToken");
  return out;
}

Result<HealthPage> read_describe_instance_status(std::string_view text) {
  const auto document = xml::parse(text, "DescribeInstanceStatusResponse");
  if (!document) return document.error();
  const auto root = (*document)->document_element();
  HealthPage out;
  for (const auto& item : root.child("instanceStatusSet").children("item")) {
    InstanceHealth health;
    health.id = xml::text(item, "instanceId");
    if (health.id.empty()) return incomplete("an instance's status has no instanceId");
    health.state = state_in(item, "instanceState");
    health.instance = named(kChecks, xml::text(item.child("instanceStatus"), "status"));
    health.system = named(kChecks, xml::text(item.child("systemStatus"), "status"));
    for (const auto& event : item.child("eventsSet").children("item")) {
      health.events.push_back({xml::text(event, "code"), time_in(event, "notBefore")});
    }
    out.instances.push_back(std::move(health));
  }
  out.next_token = xml::text(root, "nextToken");
  return out;
}

Result<SpotPricePage> read_describe_spot_price_history(std::string_view text) {
  const auto document = xml::parse(text, "DescribeSpotPriceHistoryResponse");
  if (!document) return document.error();
  const auto root = (*document)->document_element();
  SpotPricePage out;
  for (const auto& item : root.child("spotPriceHistorySet").children("item")) {
    auto price = read_spot_price(item);
    if (!price) return price.error();
    out.prices.push_back(std::move(*price));
  }
  out.next_token = xml::text(root, "nextToken");
  return out;
}

}  // namespace paragon::aws::ec2
