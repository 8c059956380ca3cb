#include "report/run_json.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "report/latency.h"

namespace paragon {
namespace {

using Json = nlohmann::ordered_json;

Json finite(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json optional(const std::optional<double>& value) { return value ? finite(*value) : Json(nullptr); }

double hours(Duration d) { return seconds(d) / 3600; }

double violation_rate(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// Of a class, or of all.
Json latencies(const auto& of) {
  const auto ms = [&](Duration d) {
    return of.latency.count() == 0 ? Json(nullptr) : Json(milliseconds(d));
  };
  return {{"p50", ms(percentile(of, 50))}, {"p90", ms(percentile(of, 90))},
          {"p99", ms(percentile(of, 99))}, {"p999", ms(percentile(of, 99.9))},
          {"mean", ms(of.latency.mean())}, {"max", ms(of.latency.max())}};
}

const char* name(QueryClass query_class) {
  return query_class == QueryClass::strict ? "strict" : "relaxed";
}

Json json_of(const sim::ClassResult& c) {
  const std::uint64_t answered = c.fates.on_time + c.fates.late;
  return {{"name", c.name},
          {"class", name(c.query_class)},
          {"deadline_ms", c.deadline ? Json(milliseconds(*c.deadline)) : Json(nullptr)},
          {"requests", c.fates.requests},
          {"on_time", c.fates.on_time},
          {"late", c.fates.late},
          {"refused", c.fates.refused},
          {"violation_rate", c.fates.violation_rate()},
          {"accuracy_delivered",
           answered == 0 ? Json(nullptr) : Json(c.accuracy_sum / static_cast<double>(answered))},
          {"accuracy_violation_rate", violation_rate(c.below_accuracy, answered)},
          {"cost_violation_rate", violation_rate(c.over_cost, answered)},
          {"latency_ms", latencies(c)}};
}

Json json_of(const sim::Served& served, const Catalog& catalog) {
  const std::string resource =
      served.machine ? catalog.resource(*served.machine) : catalog.resource(*served.function);
  return {{"variant", catalog.variant(served.variant).name},
          {"resource", resource},
          {"queries", served.queries}};
}

std::string csv_cell(const Json& value) {
  if (value.is_null()) return "";
  if (!value.is_string()) return value.dump();
  auto text = value.get<std::string>();
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

// By name, in the words of the flags that take them: "hold_s=30 warm=4".
bool is_map(const std::string& name) { return name == "run.knobs" || name == "run.provisioned"; }
std::string map_cell(const Json& map) {
  std::string text;
  for (const auto& [key, value] : map.items()) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", key, value.get<double>());
  }
  return text;
}

// Calls `leaf` with the dotted name of each number or name inside.
template <class Leaf>
void flatten(const Json& value, const std::string& prefix, const Leaf& leaf) {
  for (const auto& [key, inside] : value.items()) {
    if (is_map(prefix + key)) {
      leaf(prefix + key, map_cell(inside));
    } else if (inside.is_object()) {
      flatten(inside, prefix + key + ".", leaf);
    } else if (!inside.is_array()) {
      leaf(prefix + key, inside);
    }
  }
}

// Names of files and of classes may hold any bytes.
std::string written(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Json json_of(const SimulatedRun& run) {
  const sim::RunResult& r = run.result;
  Json classes = Json::array();
  for (const sim::ClassResult& c : r.classes) classes.push_back(json_of(c));
  Json served = Json::array();
  for (const sim::Served& s : r.served) served.push_back(json_of(s, *run.catalog));

  Json json = {
      {"scheme", r.scheme},
      {"trace", run.trace},
      {"mix", run.mix},
      {"catalog", run.catalog_file},
      {"seed", r.seed},
      {"run", json_of(run.settings, *run.catalog)},
      {"length_s", seconds(r.length)},
      {"requests", r.all.requests},
      {"cost_usd",
       {{"total", r.cost.total().value},
        {"machines", r.cost.machines.value},
        {"functions", r.cost.functions.value},
        {"wasted", r.cost.wasted.value}}},
      {"slo",
       {{"violation_rate", r.all.violation_rate()},
        {"strict_violation_rate", r.strict.violation_rate()},
        {"relaxed_violation_rate", r.relaxed.violation_rate()},
        {"late", r.all.late},
        {"refused", r.all.refused}}},
      {"accuracy", {{"delivered", r.accuracy()}, {"violation_rate", r.accuracy_violation_rate()}}},
      {"latency_ms", latencies(r)},
      {"machines",
       {{"peak", r.machines_peak},
        {"hours", hours(r.machine_time)},
        {"overprovisioned_hours", hours(r.overprovisioned)},
        {"bought", r.machines_bought},
        {"boot_failures", r.boot_failures},
        {"no_capacity", r.no_capacity},
        {"interruptions", r.interruptions}}},
      {"functions",
       {{"share", run.share_on_functions()},
        {"cold_starts", r.cold_starts},
        {"warm_ups", r.warm_ups},
        {"throttled", r.throttled}}},
      {"bound_usd", run.bound ? finite(run.bound->least.value) : Json(nullptr)},
      {"clairvoyant_usd", run.clairvoyant ? finite(run.clairvoyant->cost.value) : Json(nullptr)},
      {"clairvoyant_violation_rate",
       run.clairvoyant ? finite(run.clairvoyant->violation_rate) : Json(nullptr)},
      {"multiple_of_bound", optional(run.multiple_of_bound())},
      {"multiple_of_clairvoyant", optional(run.multiple_of_clairvoyant())},
      {"classes", std::move(classes)},
      {"served", std::move(served)},
      {"decisions", {{"count", r.decisions}, {"hash", fmt::format("{:016x}", r.hash)}}},
      {"sim",
       {{"wall_s", run.wall_s},
        {"requests_per_s",
         run.wall_s > 0 ? Json(static_cast<double>(r.all.requests) / run.wall_s) : Json(nullptr)},
        {"events", r.events}}}};
  if (r.cost.keeping > Dollars{}) {
    json["cost_usd"]["provisioned"] = r.cost.keeping.value;
    json["functions"]["provisioned_calls"] = r.on_provisioned();
  }
  return json;
}

std::string json_text(const SimulatedRun& run) { return written(json_of(run)); }

std::string json_text(std::span<const SimulatedRun> runs) {
  Json list = Json::array();
  for (const SimulatedRun& run : runs) list.push_back(json_of(run));
  return written(list);
}

std::string csv_text(std::span<const SimulatedRun> runs) {
  std::string text;
  for (const SimulatedRun& run : runs) {
    const Json json = json_of(run);
    std::string line;
    if (text.empty()) {
      flatten(json, "", [&](const std::string& name, const Json&) {
        text += (text.empty() ? "" : ",") + name;
      });
      text += "\n";
    }
    flatten(json, "", [&](const std::string& name, const Json& value) {
      line += (name == "scheme" ? "" : ",") + csv_cell(value);
    });
    text += line + "\n";
  }
  return text;
}

}  // namespace paragon
