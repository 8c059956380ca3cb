#include "serve/status_api.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "serve/explain.h"

namespace paragon::status_api {
namespace {

using nlohmann::json;

std::string text(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

double seconds_of(Time t) { return seconds(t - Time{}); }
double gb_seconds(MbMillis held) { return static_cast<double>(held.value) / 1024e3; }

const char* state_name(MachineStatus::State state) {
  switch (state) {
    case MachineStatus::State::booting:
      return "booting";
    case MachineStatus::State::ready:
      return "ready";
    case MachineStatus::State::leaving:
      return "leaving";
    case MachineStatus::State::draining:
      return "draining";
  }
  return "unknown";
}

json constraints_of(const Constraints& c) {
  json document = json::object();
  if (c.min_accuracy) document["min_accuracy"] = c.min_accuracy->value;
  if (c.max_latency) document["latency_ms"] = milliseconds(*c.max_latency);
  if (c.max_cost) document["max_cost_usd"] = c.max_cost->value;
  if (c.query_class) document["class"] = name(*c.query_class);
  if (c.objective) {
    document["objective"] = {{"cost", c.objective->cost},
                             {"latency", c.objective->latency},
                             {"accuracy", c.objective->accuracy}};
  }
  if (c.best_effort) document["best_effort"] = *c.best_effort;
  return document;
}

// The choices that nearly meet the bounds; `needs` has the parameters as they would have to be.
json nearest_list(const Catalog& catalog, const Selector& selector,
                  const std::vector<Relaxation>& nearest) {
  json list = json::array();
  for (const Relaxation& r : nearest) {
    const Candidate& offers = selector.candidate(r.pick);
    json needs = json::object();
    if (r.min_accuracy) needs["slo_min_accuracy"] = r.min_accuracy->value;
    if (r.max_latency) needs["slo_latency_ms"] = milliseconds(*r.max_latency);
    if (r.max_cost) needs["slo_max_cost_usd"] = r.max_cost->value;
    list.push_back({{r.pick.ensemble ? "ensemble" : "variant", name(catalog, r.pick)},
                    {"accuracy", offers.accuracy.value},
                    {"latency_ms", milliseconds(offers.latency)},
                    {"cost_usd", offers.cost.value},
                    {"needs", std::move(needs)}});
  }
  return list;
}

json decision_document(const Catalog& catalog, const DecisionRecord& d) {
  const auto variant = variant_of(d.where);
  json document = {
      {"decision_id", d.decision.value},
      {"query_id", d.query.value},
      {"task", catalog.task(d.task).name},
      {"arrived_s", seconds_of(d.arrived)},
      {"decided_s", seconds_of(d.decided)},
      {"constraints", constraints_of(d.constraints)},
      {"class", name(d.query_class)},
      {"pinned", d.pinned ? json(catalog.variant(*d.pinned).name) : json()},
      {"variant", variant ? json(catalog.variant(*variant).name) : json()},
      {"accuracy", variant ? json(catalog.variant(*variant).accuracy.top1.value) : json()},
      {"resource", resource_name(catalog, d.where, d.machine_offer)},
      {"resource_kind", resource_kind(d.where)},
      {"reason", name(d.why)},
      {"explanation", in_words(d.why)},
      {"predicted_latency_ms", milliseconds(d.predicted_latency)},
      {"predicted_cost_usd", d.predicted_cost.value},
      {"attempt", d.attempt},
      {"outcome", name(d.fate)}};
  if (const auto* split = std::get_if<Split>(&d.where)) {
    document["ensemble"] = catalog.ensemble(split->ensemble).name;
  }
  if (d.part_of) document["part_of_decision"] = d.part_of->value;
  if (!d.tenant.empty()) document["tenant"] = d.tenant;
  if (d.percentile) document["percentile"] = *d.percentile;
  if (d.fate == Fate::answered || d.fate == Fate::rejected) {
    document["latency_ms"] = milliseconds(d.latency);
    document["service_ms"] = milliseconds(d.service);
    document["cost_usd"] = d.cost.value;
    document["cold"] = d.cold;
  }
  return document;
}

// True where the decision `d` sent the query to just this.
bool is_chosen(const Alternative& a, const DecisionRecord& d) {
  if (variant_of(d.where) != a.variant) return false;
  if (const auto* function = std::get_if<OnFunction>(&d.where)) {
    return a.function == function->offer;
  }
  return a.machine && a.machine == d.machine_offer;
}

// What else there is for such a query, as things are at `now`: the state in which it was decided
// is not kept, only the journal has it.
json alternatives_document(const Controller& controller, const DecisionRecord& d, Time now) {
  const Catalog& catalog = controller.catalog();
  const Alternatives all = controller.brain().alternatives({d.task, d.constraints, d.pinned}, now);
  json list = json::array();
  for (const Alternative& a : all.list) {
    list.push_back(
        {{"variant", catalog.variant(a.variant).name},
         {"accuracy", a.accuracy.value},
         {"resource", a.machine ? catalog.resource(*a.machine) : catalog.resource(*a.function)},
         {"resource_kind", a.machine ? "machine" : "function"},
         {"cold", a.cold},
         {"predicted_latency_ms",
          a.latency == Duration::max() ? json() : json(milliseconds(a.latency))},
         {"predicted_cost_usd", a.cost.value},
         {"obstacle", name(a.obstacle)},
         {"explanation", in_words(a, all.constraints)},
         {"chosen", is_chosen(a, d)}});
  }
  return {{"as_of_s", seconds_of(now)},
          {"note", fmt::format("for such a query now; as it was when it was decided: "
                               "paragon explain JOURNAL --decision {}",
                               d.decision.value)},
          {"nearest", nearest_list(catalog, controller.brain().selector(), all.nearest)},
          {"list", std::move(list)}};
}

json class_document(const ClassStatistics& c) {
  const double n = c.answered > 0 ? static_cast<double>(c.answered) : 1;
  return {{"answered", c.answered},
          {"missed", c.missed},
          {"refused", c.refused},
          {"latency_ms_p50", milliseconds(c.latency.percentile(50))},
          {"latency_ms_p99", milliseconds(c.latency.percentile(99))},
          {"latency_ms_mean", milliseconds(c.latency.mean())},
          {"cost_usd", c.cost.value},
          {"cost_usd_mean", c.cost.value / n},
          {"accuracy_mean", c.accuracy_sum / n}};
}

}  // namespace

std::string infeasible(const Catalog& catalog, const Selector& selector, const std::string& message,
                       const std::vector<Relaxation>& nearest) {
  return text({{"error", message}, {"nearest", nearest_list(catalog, selector, nearest)}});
}

std::string fleet(const Controller& controller) {
  const Catalog& catalog = controller.catalog();
  const Time now = controller.now();
  const BrainStatus brain = controller.brain().status(now);
  json machines = json::array();
  int ready = 0;
  int booting = 0;
  int draining = 0;
  for (const MachineStatus& m : controller.brain().machines()) {
    ready += m.state == MachineStatus::State::ready;
    booting += m.state == MachineStatus::State::booting;
    draining += m.state == MachineStatus::State::draining;
    const MachineOffer& offer = catalog.offer(m.offer);
    machines.push_back({{"machine_id", m.machine.value},
                        {"offer", offer.name},
                        {"state", state_name(m.state)},
                        {"busy", m.busy},
                        {"running", m.running},
                        {"age_s", seconds(now - m.bought)},
                        {"price_usd_per_hour", offer.price.value}});
  }
  json functions = json::array();
  const auto used = controller.brain().meter().functions(now);
  for (std::size_t i = 0; i < catalog.function_offers().size(); ++i) {
    const FunctionOffer& offer = catalog.function_offers()[i];
    functions.push_back({{"offer", offer.name},
                         {"memory_mb", offer.memory.value},
                         {"calls", used[i].calls},
                         {"cold_starts", used[i].cold},
                         {"warm_ups", used[i].warm_ups},
                         {"mb_ms", used[i].held.value}});
  }
  return text({{"now_s", seconds_of(now)},
               {"machines", std::move(machines)},
               {"ready", ready},
               {"booting", booting},
               {"draining", draining},
               {"functions", std::move(functions)},
               {"functions_running", brain.functions_running},
               {"waiting", brain.waiting},
               {"running", brain.running}});
}

std::string cost(const Controller& controller) {
  const Catalog& catalog = controller.catalog();
  const Statistics& statistics = controller.statistics();
  const Time now = controller.now();
  const Meter& meter = controller.brain().meter();
  const Bill bill = meter.bill(now);
  const BrainStatus brain = controller.brain().status(now);
  const auto& budget = controller.brain().settings().budget_per_hour;

  json by_offer = json::array();
  const auto machines = meter.machines(now);
  for (std::size_t i = 0; i < machines.size(); ++i) {
    const MachineOffer& offer = catalog.machine_offers()[i];
    const MachineUsage& used = machines[i];
    by_offer.push_back({{"offer", offer.name},
                        {"kind", "machine"},
                        {"bought", used.bought},
                        {"billed_s", seconds(used.billed + used.running)},
                        {"busy_s", seconds(used.busy)},
                        {"queries", used.queries},
                        {"cost_usd", (offer.price * (used.billed + used.running)).value}});
  }
  const auto functions = meter.functions(now);
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const FunctionOffer& offer = catalog.function_offers()[i];
    const FunctionUsage& used = functions[i];
    by_offer.push_back({{"offer", offer.name},
                        {"kind", "function"},
                        {"queries", used.calls - used.warm_ups},
                        {"cold_starts", used.cold},
                        {"warm_ups", used.warm_ups},
                        {"gb_s", gb_seconds(used.held)},
                        {"provisioned_calls", used.provisioned_calls},
                        {"provisioned_run_gb_s", gb_seconds(used.provisioned_held)},
                        {"provisioned_kept_gb_s", gb_seconds(used.kept)},
                        {"cost_usd", cost_of(offer, used).value}});
  }
  json by_variant = json::array();
  for (std::size_t i = 0; i < catalog.variants().size(); ++i) {
    const ModelStatistics& m = statistics.by_variant[i];
    const Variant& variant = catalog.variants()[i];
    const double n = m.success.count > 0 ? static_cast<double>(m.success.count) : 1;
    by_variant.push_back({{"variant", variant.name},
                          {"task", catalog.task(variant.task).name},
                          {"accuracy", variant.accuracy.top1.value},
                          {"queries", m.success.count},
                          {"on_machines", m.on_machines},
                          {"on_functions", m.on_functions},
                          {"cost_usd", (m.cost_machines + m.cost_functions).value},
                          {"cost_machines_usd", m.cost_machines.value},
                          {"cost_functions_usd", m.cost_functions.value},
                          {"service_ms_mean", milliseconds(m.service.total) / n}});
  }
  return text({{"now_s", seconds_of(now)},
               {"total_usd", bill.total().value},
               {"machines_usd", bill.machines.value},
               {"functions_usd", bill.functions.value},
               {"provisioned_usd", bill.keeping.value},
               {"wasted_usd", bill.wasted.value},
               {"spent_this_hour_usd", brain.spent_this_hour.value},
               {"budget_usd_per_hour", budget ? json(budget->value) : json()},
               {"by_offer", std::move(by_offer)},
               {"by_variant", std::move(by_variant)},
               {"by_class",
                {{"strict", class_document(statistics.of(QueryClass::strict))},
                 {"relaxed", class_document(statistics.of(QueryClass::relaxed))}}}});
}

std::string status(const Controller& controller) {
  const Time now = controller.now();
  const BrainStatus b = controller.brain().status(now);
  const BrainSettings& settings = controller.brain().settings();
  // Of the clients' queries: to the brain each member of an ensemble is one.
  const Statistics& s = controller.statistics();
  const ClassStatistics& strict = s.of(QueryClass::strict);
  const ClassStatistics& relaxed = s.of(QueryClass::relaxed);
  json refused = json::object();
  for (std::size_t i = 0; i < kReasons; ++i) {
    if (s.refused[i] > 0) refused[name(static_cast<Reason>(i))] = s.refused[i];
  }
  return text({{"now_s", seconds_of(now)},
               {"version", PARAGON_VERSION},
               {"scheme", settings.scheme},
               {"machines_min", settings.machines_min},
               {"machines_max", settings.machines_max},
               {"arrived", s.arrived},
               {"answered", s.answered},
               {"refused", strict.refused + relaxed.refused},
               {"refused_by_reason", std::move(refused)},
               {"rejected", s.rejected},
               {"invalid", s.invalid},
               {"abandoned", s.abandoned},
               {"rerouted", b.rerouted},
               {"missed", strict.missed + relaxed.missed},
               {"attempts_lost", s.lost},
               {"attempts_throttled", s.throttled},
               {"answers_outdated", s.outdated},
               {"waiting", b.waiting},
               {"running", b.running},
               {"in_flight", controller.in_flight()},
               {"functions_running", b.functions_running},
               {"functions_worthwhile", b.functions_worthwhile},
               {"rate_10s", b.rate_10s.value},
               {"rate_60s", b.rate_60s.value},
               {"forecast", b.forecast.value},
               {"peak_to_median_10s", b.peak_to_median_10s},
               {"spent_this_hour_usd", b.spent_this_hour.value},
               {"deciding_us_p50", milliseconds(s.deciding.percentile(50)) * 1e3},
               {"deciding_us_p99", milliseconds(s.deciding.percentile(99)) * 1e3},
               {"by_class",
                {{"strict", class_document(s.of(QueryClass::strict))},
                 {"relaxed", class_document(s.of(QueryClass::relaxed))}}}});
}

std::string history(const History& history, double since_s) {
  json samples = json::array();
  for (const Sample& s : history.samples()) {
    if (seconds_of(s.at) <= since_s) continue;
    samples.push_back({{"at_s", seconds_of(s.at)},
                       {"arrivals", s.arrivals},
                       {"answered", s.answered},
                       {"missed", s.missed},
                       {"refused", s.refused},
                       {"machines_ready", s.machines_ready},
                       {"machines_booting", s.machines_booting},
                       {"machines_draining", s.machines_draining},
                       {"functions_running", s.functions_running},
                       {"waiting", s.waiting},
                       {"cost_usd", s.cost.value}});
  }
  return text({{"period_s", 1}, {"samples", std::move(samples)}});
}

std::optional<std::string> decision(const Controller& controller, DecisionId id) {
  const DecisionRecord* record = controller.decisions().find(id);
  if (record == nullptr) return std::nullopt;
  json document = decision_document(controller.catalog(), *record);
  json alternatives = alternatives_document(controller, *record, controller.now());
  json earlier = json::array();  // this query's decisions before this one, latest first
  while (record->previous != record->decision) {
    record = controller.decisions().find(record->previous);
    if (record == nullptr) break;
    earlier.push_back(decision_document(controller.catalog(), *record));
  }
  document["earlier"] = std::move(earlier);
  document["alternatives"] = std::move(alternatives);
  return text(document);
}

std::string decisions(const Controller& controller, std::size_t last) {
  json list = json::array();
  for (const DecisionRecord* record : controller.decisions().last(last)) {
    list.push_back(decision_document(controller.catalog(), *record));
  }
  return text({{"decisions", std::move(list)}});
}

}  // namespace paragon::status_api
