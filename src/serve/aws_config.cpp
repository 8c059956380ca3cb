#include "serve/aws_config.h"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string_view>

#include "serve/config.h"
#include "wire/unix_time.h"

namespace paragon {
namespace {

// "lt-0abc" is an id, anything else a name; ":3" behind it is a version.
aws::ec2::LaunchTemplate launch_template(const std::string& text) {
  const auto colon = text.find(':');
  aws::ec2::LaunchTemplate out;
  const std::string which = text.substr(0, colon);
  (which.starts_with("lt-") ? out.id : out.name) = which;
  if (colon != std::string::npos) out.version = text.substr(colon + 1);
  return out;
}

// "s3://bucket/key", with "?version" behind it where one is meant.
std::optional<aws::lambda::Code::S3> s3_object(std::string_view text) {
  constexpr std::string_view kScheme = "s3://";
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  const auto slash = text.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == text.size())
    return std::nullopt;
  aws::lambda::Code::S3 out;
  out.bucket = text.substr(0, slash);
  const auto version = text.find('?', slash);
  out.key =
      text.substr(slash + 1, version == std::string_view::npos ? version : version - slash - 1);
  if (version != std::string_view::npos) out.version = text.substr(version + 1);
  return out;
}

ConfigReader::Take seconds_to(ConfigReader& read, Duration& out, double least, double most) {
  return read.number(least, most, [&out](double v) { out = from_seconds(v); });
}

ConfigReader::Keys instance_keys(ConfigReader& read, aws::InstanceSettings& machines) {
  return {
      {"image", read.text(machines.image)},
      {"launch_template",
       [&](const YAML::Node& node) {
         if (!node.IsScalar()) return read.complain(node, read.path(), "an id or a name");
         machines.launch_template = launch_template(node.Scalar());
       }},
      {"subnets", read.texts(machines.subnets)},
      {"security_groups", read.texts(machines.security_groups)},
      {"instance_profile", read.text(machines.instance_profile)},
      {"key_name", read.text(machines.key_name)},
      {"public_address", read.flag(machines.public_address)},
      {"setup", read.text(machines.setup)},
      {"program", read.text(machines.program)},
      {"catalog", read.text(machines.catalog_file)},
      {"models_dir", read.text(machines.models_dir)},
      {"port",
       read.number(
           1, 65'535, [&](double v) { machines.port = static_cast<std::uint16_t>(v); }, true)},
      {"orphan_after_s", seconds_to(read, machines.orphan_after, 10, 86'400)},
      {"boot_timeout_s", seconds_to(read, machines.boot_timeout, 10, 86'400)},
      {"heartbeat_s", seconds_to(read, machines.heartbeat, 0.1, 60)},
  };
}

// {OFFER: {VARIANT: ENVIRONMENTS}}
ConfigReader::Take provisioned_to(ConfigReader& read, ProvisionedNames& out) {
  return [&](const YAML::Node& node) {
    const std::string path = read.path();
    if (!node.IsMap()) return read.complain(node, path, "a mapping of function offers");
    ConfigReader::Lines offers;
    for (const auto& offer : node) {
      const std::string name = offer.first.as<std::string>("");
      const std::string at = path + "." + name;
      if (!read.once(offer.first, path, offers)) continue;
      if (!offer.second.IsMap()) {
        read.complain(offer.second, at, "a mapping of variants to environments");
        continue;
      }
      ConfigReader::Lines variants;
      for (const auto& variant : offer.second) {
        int environments = 0;
        const std::string variant_name = variant.first.as<std::string>("");
        if (!read.once(variant.first, at, variants)) continue;
        const bool whole = variant.second.IsScalar() &&
                           YAML::convert<int>::decode(variant.second, environments) &&
                           environments >= 1;
        if (!whole) {
          read.complain(variant.second, at + "." + variant_name, "a whole number from 1 on");
          continue;
        }
        out[name][variant_name] = environments;
      }
    }
  };
}

ConfigReader::Keys function_keys(ConfigReader& read, ServeConfig& config) {
  aws::FunctionSettings& functions = config.aws.functions;
  return {
      {"zip", read.text(config.functions_zip)},
      {"provisioned", provisioned_to(read, config.provisioned)},
      {"image", read.text(functions.code.image_uri)},
      {"s3",
       [&](const YAML::Node& node) {
         functions.code.s3 = node.IsScalar() ? s3_object(node.Scalar()) : std::nullopt;
         if (!functions.code.s3) read.complain(node, read.path(), "s3://bucket/key");
       }},
      {"role", read.text(functions.role)},
      {"architecture",
       read.choice(functions.architecture, aws::lambda::architecture, "x86_64 or arm64")},
      {"timeout_s", read.number(
                        1, 900, [&](double v) { functions.timeout = from_seconds(v); }, true)},
      {"subnets", read.texts(functions.subnets)},
      {"security_groups", read.texts(functions.security_groups)},
  };
}

}  // namespace

ConfigReader::Keys aws_keys(ConfigReader& read, ServeConfig& config) {
  aws::AwsSettings& settings = config.aws;
  return {
      {"deployment", read.text(settings.deployment)},
      {"region", read.text(settings.region)},
      {"machines",
       [&](const YAML::Node& node) {
         read.section(node, "cloud.machines", instance_keys(read, config.aws.instances));
       }},
      {"functions",
       [&](const YAML::Node& node) {
         read.section(node, "cloud.functions", function_keys(read, config));
       }},
  };
}

Result<aws::AwsSettings> aws_settings(const ServeConfig& config) {
  aws::AwsSettings settings = config.aws;
  settings.seed = config.seed;
  // Unique among the starts of a deployment's controllers: nothing else hangs on it.
  settings.run = fmt::format("{:x}p{:x}", unix_ms(), getpid());
  if (config.functions_zip.empty()) return settings;
  std::ifstream file(config.functions_zip, std::ios::binary);
  settings.functions.code.zip.assign(std::istreambuf_iterator<char>(file), {});
  if (!file || settings.functions.code.zip.empty()) {
    return Error{ErrorCode::not_found, "cloud.functions.zip: " + config.functions_zip +
                                           " cannot be read; `paragon cloud package` makes it"};
  }
  return settings;
}

}  // namespace paragon
