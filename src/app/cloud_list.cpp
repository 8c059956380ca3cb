// paragon cloud list: what a deployment has on AWS now.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/cloud_commands.h"
#include "app/cloud_flags.h"
#include "cloud/aws/estate.h"
#include "cloud/aws/ownership.h"
#include "report/table.h"

namespace paragon {
namespace {

using aws::Estate;

// "1 of 2 ready"; "?" where AWS did not say.
std::string provisioned_text(const aws::OwnedFunction& function) {
  if (!function.provisioned) return "?";
  int available = 0, requested = 0;
  for (const auto& one : *function.provisioned) {
    available += one.available;
    requested += one.requested;
  }
  return requested == 0 ? "-" : fmt::format("{} of {} ready", available, requested);
}

nlohmann::json provisioned_json(const aws::OwnedFunction& function) {
  if (!function.provisioned) return nullptr;
  nlohmann::json out = nlohmann::json::array();
  for (const auto& one : *function.provisioned) {
    out.push_back({{"version", one.qualifier},
                   {"status", aws::lambda::name(one.state)},
                   {"requested", one.requested},
                   {"available", one.available}});
  }
  return out;
}

std::string text_of(const Estate& estate, const std::string& deployment) {
  if (estate.empty()) return fmt::format("deployment '{}': nothing\n", deployment);
  std::string out;
  TextTable machines({{"instance", Align::left},
                      {"state", Align::left},
                      {"type", Align::left},
                      {"market", Align::left},
                      {"zone", Align::left},
                      {"address", Align::left},
                      {"machine", Align::right},
                      {"launched (UTC)", Align::left}});
  for (const auto& one : estate.instances) {
    const auto owner = aws::owner_of(one);
    machines.row({one.id, aws::ec2::name(one.state), one.type, one.spot ? "spot" : "on demand",
                  one.zone, one.private_address,
                  owner ? std::to_string(owner->machine.value) : std::string("?"),
                  one.launched ? fmt::format("{:%Y-%m-%d %H:%M:%S}", *one.launched) : ""});
  }
  TextTable functions({{"function", Align::left},
                       {"state", Align::left},
                       {"memory", Align::right},
                       {"offer", Align::left},
                       {"variant", Align::left},
                       {"provisioned", Align::left}});
  for (const auto& one : estate.functions) {
    functions.row({one.function.name, aws::lambda::name(one.function.state),
                   fmt::format("{} MB", one.function.memory.value), one.offer, one.variant,
                   provisioned_text(one)});
  }
  if (!machines.empty()) out += machines.text();
  if (!machines.empty() && !functions.empty()) out += "\n";
  if (!functions.empty()) out += functions.text();
  return out;
}

nlohmann::json json_of(const Estate& estate, const std::string& deployment) {
  nlohmann::json out = {{"deployment", deployment},
                        {"instances", nlohmann::json::array()},
                        {"functions", nlohmann::json::array()}};
  for (const auto& one : estate.instances) {
    const auto owner = aws::owner_of(one);
    out["instances"].push_back(
        {{"id", one.id},
         {"state", aws::ec2::name(one.state)},
         {"type", one.type},
         {"spot", one.spot},
         {"zone", one.zone},
         {"private_address", one.private_address},
         {"public_address", one.public_address},
         {"machine", owner ? nlohmann::json(owner->machine.value) : nlohmann::json()},
         {"offer", owner ? owner->offer : std::string()},
         {"launched", one.launched ? aws::extended_text(*one.launched) : std::string()}});
  }
  for (const auto& one : estate.functions) {
    out["functions"].push_back({{"name", one.function.name},
                                {"state", aws::lambda::name(one.function.state)},
                                {"memory_mb", one.function.memory.value},
                                {"offer", one.offer},
                                {"variant", one.variant},
                                {"provisioned", provisioned_json(one)}});
  }
  return out;
}

int list(const CloudFlags& flags, bool as_json) {
  auto desk = open_cloud_desk(flags);
  if (!desk) return refuse_cloud("list", desk.error());
  CloudDesk& on = **desk;
  auto services = open_cloud_services(on);
  if (!services) return refuse_cloud("list", services.error());
  aws::EstateAgent agent(on.loop, *services->ec2, *services->lambda, on.config.aws.deployment);
  int status = 0;
  agent.find([&](const Result<Estate>& estate) {
    if (!estate) {
      status = refuse_cloud("list", estate.error());
    } else if (as_json) {
      // A tag that somebody else wrote may hold any bytes.
      fmt::print("{}\n", json_of(*estate, on.config.aws.deployment)
                             .dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    } else {
      fmt::print("{}", text_of(*estate, on.config.aws.deployment));
    }
    on.loop.stop();
  });
  on.loop.run();
  return status;
}

}  // namespace

void add_cloud_list(CLI::App& cloud, std::function<int()>& action) {
  struct Flags : CloudFlags {
    bool json = false;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* command =
      cloud.add_subcommand("list", "Show what a deployment has on AWS: instances and functions");
  add_cloud_flags(*command, *flags);
  command->add_flag("--json", flags->json, "As JSON");
  command->callback([flags, &action] { action = [flags] { return list(*flags, flags->json); }; });
}

}  // namespace paragon
