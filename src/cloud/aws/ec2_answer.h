// What EC2 answers, as values. Fields that we do not use are passed over; whatever AWS adds later
// is no error. Errors of all: unavailable, when the answer is not what AWS sends (not XML, cut off,
// another element, an instance without id): whether the order was carried out is then not known.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "cloud/aws/ec2.h"
#include "cloud/aws/instant.h"

namespace paragon::aws::ec2 {

enum class InstanceState {
  pending,
  running,
  shutting_down,
  terminated,
  stopping,
  stopped,
  unknown
};
const char* name(InstanceState state);  // "shutting-down", as AWS writes it

struct Instance {
  std::string id;
  InstanceState state = InstanceState::unknown;
  std::string type;
  std::string zone;
  std::string private_address;  // empty before it has one, and when it is gone
  std::string public_address;
  bool spot = false;
  std::optional<Instant> launched;
  std::string client_token;  // of the order that launched it
  std::string state_reason;  // "Server.SpotInstanceTermination: ..."
  std::vector<Tag> tags;
};

struct InstancePage {
  std::vector<Instance> instances;
  std::string next_token;  // empty on the last page
};

struct StateChange {
  std::string id;
  InstanceState before = InstanceState::unknown;
  InstanceState now = InstanceState::unknown;
};

enum class Check { ok, impaired, initializing, insufficient_data, not_applicable, unknown };
const char* name(Check check);  // "insufficient-data", as AWS writes it

struct ScheduledEvent {
  std::string code;  // "instance-retirement", "system-reboot", ...
  std::optional<Instant> not_before;
};

struct InstanceHealth {
  std::string id;
  InstanceState state = InstanceState::unknown;
  Check instance = Check::unknown;
  Check system = Check::unknown;
  std::vector<ScheduledEvent> events;
};

struct HealthPage {
  std::vector<InstanceHealth> instances;
  std::string next_token;
};

struct SpotPrice {
  std::string instance_type;
  std::string zone;
  std::string product;
  HourlyPrice price;
  Instant since;
};

struct SpotPricePage {
  std::vector<SpotPrice> prices;
  std::string next_token;
};

Result<std::vector<Instance>> read_run_instances(std::string_view xml);
Result<std::vector<StateChange>> read_terminate_instances(std::string_view xml);
Result<InstancePage> read_describe_instances(std::string_view xml);
Result<HealthPage> read_describe_instance_status(std::string_view xml);
Result<SpotPricePage> read_describe_spot_price_history(std::string_view xml);

}  // namespace paragon::aws::ec2
