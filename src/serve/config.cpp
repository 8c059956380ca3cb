#include "serve/config.h"

#include <fmt/ranges.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "brain/scheme.h"
#include "serve/aws_config.h"
#include "serve/config_reader.h"

namespace paragon {
namespace {

// `beside`: the folder of the configuration.
ConfigReader::Keys gateway_keys(ConfigReader& read, const std::filesystem::path& beside,
                                GatewaySettings& gateway) {
  return {
      {"http", read.text(gateway.http)},
      {"metrics", read.text(gateway.metrics)},
      {"token_file",
       [&read, &gateway, beside](const YAML::Node& node) {
         if (!node.IsScalar()) return read.complain(node, read.path(), "a text");
         if (node.Scalar().empty()) return;  // none
         auto token = read_token(beside / node.Scalar());
         if (!token) return read.complaint(node, read.path() + ": " + token.error().message);
         gateway.token = *std::move(token);
       }},
      {"tls_certificate", read.text(gateway.tls_certificate)},
      {"tls_key", read.text(gateway.tls_key)},
      {"body_bytes_max",
       read.number(
           1024, 1 << 30, [&](double v) { gateway.body_bytes_max = static_cast<std::size_t>(v); },
           true)},
      {"connections_max",
       read.number(
           1, 100'000, [&](double v) { gateway.connections_max = static_cast<std::size_t>(v); },
           true)},
      {"in_flight_max",
       read.number(
           1, 1'000'000, [&](double v) { gateway.in_flight_max = static_cast<std::size_t>(v); },
           true)},
  };
}

ConfigReader::Keys brain_keys(ConfigReader& read, BrainSettings& brain) {
  auto whole = [&read](int& out, double least, double most) {
    return read.number(
        least, most, [&out](double v) { out = static_cast<int>(v); }, true);
  };
  return {
      {"scheme", read.text(brain.scheme)},
      {"tuning", read.numbers([&](const std::string& knob, double value) {
         brain.tuning.insert_or_assign(knob, value);
       })},
      {"tick_ms", read.number(100, 60'000, [&](double v) { brain.tick = from_milliseconds(v); })},
      {"machines_min", whole(brain.machines_min, 0, 4096)},
      {"machines_max", whole(brain.machines_max, 0, 4096)},
      {"target_busy", read.number(0.01, 1, [&](double v) { brain.target_busy = v; })},
      {"functions", read.flag(brain.functions)},
      {"budget_usd_per_hour",
       read.number(0, 1e6, [&](double v) { brain.budget_per_hour = dollars(v); })},
      {"waiting_max",
       read.number(
           0, 1e6, [&](double v) { brain.waiting_max = static_cast<std::size_t>(v); }, true)},
      {"relaxed_slack", read.number(0, 1000, [&](double v) { brain.relaxed_slack = v; })},
      {"overhead_ms",
       read.number(0, 10'000, [&](double v) { brain.overhead = from_milliseconds(v); })},
      {"attempts_max", whole(brain.attempts_max, 1, 100)},
  };
}

ConfigReader::Keys constraint_keys(ConfigReader& read, Constraints& c) {
  return {
      {"latency_ms",
       read.number(0.001, 3'600'000, [&](double v) { c.max_latency = from_milliseconds(v); })},
      {"min_accuracy", read.number(0, 1, [&](double v) { c.min_accuracy = accuracy(v); })},
      {"max_cost_usd", read.number(1e-12, 1e6, [&](double v) { c.max_cost = dollars(v); })},
      {"class",
       [&](const YAML::Node& node) {
         const std::string text = node.IsScalar() ? node.Scalar() : "";
         if (text == "strict") {
           c.query_class = QueryClass::strict;
         } else if (text == "relaxed") {
           c.query_class = QueryClass::relaxed;
         } else {
           read.complain(node, read.path(), "strict or relaxed");
         }
       }},
      {"objective",
       [&](const YAML::Node& node) {
         const std::string text = node.IsScalar() ? node.Scalar() : "";
         if (text == "cost") {
           c.objective = kCheapest;
         } else if (text == "latency") {
           c.objective = kFastest;
         } else if (text == "accuracy") {
           c.objective = kMostAccurate;
         } else {
           read.complain(node, read.path(), "cost, latency or accuracy");
         }
       }},
      {"best_effort",
       [&](const YAML::Node& node) { read.flag(c.best_effort.emplace(false))(node); }},
  };
}

}  // namespace

Result<ServeConfig> load_config(const std::string& file) {
  YAML::Node root;
  try {
    root = YAML::LoadFile(file);
  } catch (const YAML::BadFile&) {
    return Error{ErrorCode::not_found, fmt::format("{}: cannot be read", file)};
  } catch (const YAML::Exception& broken) {
    return Error{ErrorCode::invalid,
                 fmt::format("{}:{}: {}", file, broken.mark.line + 1, broken.msg)};
  }
  if (!root.IsMap()) {
    return Error{ErrorCode::invalid, fmt::format("{}:1: expected a mapping of settings", file)};
  }
  ServeConfig config;
  ConfigReader read(file);
  auto seconds_to = [&read](Duration& out, double most) {
    return read.number(0.01, most, [&out](double v) { out = from_seconds(v); });
  };
  ConfigReader::Keys cloud_keys = {
      {"kind", read.text(config.cloud)},
      {"speed", read.number(1e-6, 1e6, [&](double v) { config.speed = v; })},
      {"cpu",
       read.choice(config.cpu, cpu_mode, "automatic, control_group, stretch, profile or none")},
      {"seed", read.number(
                   0, 9e15, [&](double v) { config.seed = static_cast<std::uint64_t>(v); }, true)},
  };
  cloud_keys.merge(aws_keys(read, config));
  const ConfigReader::Keys controller_keys = {
      {"query_timeout_s", seconds_to(config.controller.query_timeout, 3600)},
      {"probe_timeout_s", seconds_to(config.controller.machines.probe_timeout, 600)},
      {"list_every_s", seconds_to(config.controller.machines.list_every, 3600)},
      {"drain_s", seconds_to(config.drain, 3600)},
  };
  read.section(
      root, "",
      {
          {"paragon", read.number(1, 1, [](double) {})},
          {"catalog", read.text(config.catalog)},
          {"models_dir", read.text(config.models_dir)},
          {"journal", read.text(config.journal)},
          {"log_level", read.text(config.log_level)},
          {"gateway",
           [&](const YAML::Node& node) {
             read.section(
                 node, "gateway",
                 gateway_keys(read, std::filesystem::path(file).parent_path(), config.gateway));
           }},
          {"brain",
           [&](const YAML::Node& node) {
             read.section(node, "brain", brain_keys(read, config.brain));
           }},
          {"cloud", [&](const YAML::Node& node) { read.section(node, "cloud", cloud_keys); }},
          {"controller",
           [&](const YAML::Node& node) { read.section(node, "controller", controller_keys); }},
          {"defaults",
           [&](const YAML::Node& node) {
             if (!node.IsMap()) return read.complain(node, "defaults", "a mapping of tasks");
             ConfigReader::Lines lines;
             for (const auto& entry : node) {
               const std::string task = entry.first.as<std::string>("");
               if (!read.once(entry.first, "defaults", lines)) continue;
               read.section(entry.second, "defaults." + task,
                            constraint_keys(read, config.defaults[task]));
             }
           }},
      });
  if (!root["paragon"].IsDefined()) {
    read.complaint(root, "paragon: expected the version, `paragon: 1`");
  }
  if (!read.complaints().empty()) return Error{ErrorCode::invalid, read.complaints()};
  return config;
}

namespace {

void complain_of_provisioned(const ServeConfig& config, const Catalog& catalog,
                             const std::function<void(const std::string&)>& complain) {
  const std::string key = "cloud.functions.provisioned";
  if (config.cloud != "aws")
    complain(key + ": only a cloud of kind aws keeps functions provisioned");
  if (!config.aws.functions.any() && config.functions_zip.empty())
    complain(key + ": there is no code for functions; set cloud.functions.zip, s3 or image");
  const auto found = find_provisioned(catalog, config.provisioned);
  if (!found) {
    std::istringstream lines(found.error().message);
    for (std::string line; std::getline(lines, line);) complain(fmt::format("{}.{}", key, line));
  } else if (const auto fits = check(config.brain, catalog, *found); !fits) {
    complain("cloud.functions." + fits.error().message);
  }
}

}  // namespace

Status check(const ServeConfig& config, const Catalog& catalog) {
  std::string complaints;
  auto complain = [&complaints](const std::string& text) {
    complaints += (complaints.empty() ? "" : "\n") + text;
  };
  if (auto address = parse_address(config.gateway.http); !address) {
    complain("gateway.http: " + address.error().message);
  }
  if (!config.gateway.metrics.empty()) {
    if (auto address = parse_address(config.gateway.metrics); !address) {
      complain("gateway.metrics: " + address.error().message);
    }
  }
  if (config.gateway.tls_certificate.empty() != config.gateway.tls_key.empty()) {
    complain("gateway.tls_certificate and gateway.tls_key: give both or none");
  }
  if (config.cloud != "local" && config.cloud != "aws") {
    complain(fmt::format("cloud.kind: found '{}', expected local or aws", config.cloud));
  }
  if (config.brain.scheme == kPlanFollower) {
    complain(fmt::format(
        "brain.scheme: '{}' follows a plan, which a server has none of; choose one of: {}",
        kPlanFollower, fmt::join(deciding_scheme_names(), ", ")));
  }
  for (const auto& [task, constraints] : config.defaults) {
    if (!catalog.find_task(task)) {
      std::string names;
      for (const Task& known : catalog.tasks()) names += (names.empty() ? "" : ", ") + known.name;
      complain(fmt::format("defaults.{}: no such task; known are {}", task, names));
    }
  }
  if (auto brain = check(config.brain, catalog); !brain) complain(brain.error().message);
  if (!config.provisioned.empty()) complain_of_provisioned(config, catalog, complain);
  if (!complaints.empty()) return Error{ErrorCode::invalid, complaints};
  return {};
}

bool Address::loopback() const {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Result<Address> parse_address(std::string_view text) {
  auto bad = [text] {
    return Error{ErrorCode::invalid, fmt::format("found '{}', expected ADDRESS:PORT such as "
                                                 "127.0.0.1:8000 or [::1]:8000",
                                                 text)};
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  Address address;
  std::string_view host = text.substr(0, colon);
  std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return bad();
  }
  address.host = host.empty() ? "0.0.0.0" : std::string(host);
  auto [stop, failure] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (failure != std::errc() || stop != port.data() + port.size()) return bad();
  return address;
}

Result<std::string> read_token(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  if (!in || !std::getline(in, line)) {
    return Error{ErrorCode::not_found, fmt::format("{}: cannot read a token from it", file)};
  }
  const auto begin = line.find_first_not_of(" \t\r");
  if (begin == std::string::npos) {
    return Error{ErrorCode::invalid, fmt::format("{}: its first line is empty", file)};
  }
  return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

}  // namespace paragon
