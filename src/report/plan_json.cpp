#include "report/plan_json.h"

#include <nlohmann/json.hpp>

#include "catalog/market.h"

namespace paragon {
namespace {

using Json = nlohmann::ordered_json;
using plan::Measured;

Json market_shares(const Measured& m) {
  Json shares = Json::object();
  for (const Market market : {Market::on_demand, Market::spot, Market::burstable}) {
    const auto found = m.machine_share.find(market);
    shares[std::string(name(market))] = found == m.machine_share.end() ? 0 : found->second;
  }
  return shares;
}

Json json_of(const Measured& m, const Catalog& catalog) {
  Json answered = Json::array();
  for (const plan::Answered& a : m.answered) {
    answered.push_back({{"variant", catalog.variant(a.variant).name},
                        {"resource", a.resource},
                        {"share", a.share}});
  }
  return {{"runs", m.runs},
          {"usd_per_hour", m.cost.value},
          {"usd_per_hour_least", m.cost_least.value},
          {"usd_per_hour_most", m.cost_most.value},
          {"usd_per_hour_machines", m.on_machines.value},
          {"usd_per_hour_functions", m.on_functions.value},
          {"usd_per_million", m.per_million.value},
          {"missed", m.missed},
          {"strict_missed", m.strict_missed},
          {"relaxed_missed", m.relaxed_missed},
          {"p50_ms", milliseconds(m.p50)},
          {"p99_ms", milliseconds(m.p99)},
          {"strict_p99_ms", milliseconds(m.strict_p99)},
          {"accuracy", m.accuracy.value},
          {"on_functions", m.share_on_functions},
          {"machines", m.machines},
          {"machine_share", market_shares(m)},
          {"answered", std::move(answered)}};
}

Json json_of(const plan::Option& option, const Catalog& catalog) {
  Json machines = Json::array();
  for (const sim::Standing& part : option.fleet) {
    const MachineOffer& offer = catalog.offer(part.offer);
    machines.push_back(
        {{"offer", offer.name}, {"market", name(offer.market)}, {"machines", part.machines}});
  }
  Json warm = Json::array();
  for (const WarmTarget& w : option.warm) {
    warm.push_back({{"offer", catalog.offer(w.offer).name},
                    {"variant", catalog.variant(w.variant).name},
                    {"environments", w.environments}});
  }
  const bool fixed = option.is_fixed();
  Json json = {{"name", option.name}, {"functions", option.functions}};
  json["scheme"] = fixed ? Json(nullptr) : Json(option.scheme);
  json["fleet"] = fixed ? std::move(machines) : Json(nullptr);
  json["warm"] = fixed ? std::move(warm) : Json(nullptr);
  json["tuning"] = fixed ? Json(nullptr) : Json(option.tuning);
  json["target_busy"] = option.target_busy ? Json(*option.target_busy) : Json(nullptr);
  json["machines_min"] = fixed ? Json(nullptr) : Json(option.machines_min);
  return json;
}

Json alternatives(const MadePlan& made) {
  Json list = Json::array();
  for (const plan::Alternative& a : made.plan.alternatives) {
    Json json = json_of(a.option, *made.catalog);
    json["within_bounds"] = a.within;
    json["predicted_usd_per_hour"] =
        a.option.expected ? a.option.expected->total().value : a.searched.value;
    json["predicted_on_functions"] =
        a.option.expected ? Json(a.option.expected->on_functions) : Json(nullptr);
    json["looks"] = a.looks;
    json["confirmed"] = json_of(a.confirmed, *made.catalog);
    list.push_back(std::move(json));
  }
  return list;
}

Json front(const MadePlan& made) {
  Json list = Json::array();
  for (const plan::FrontPoint& p : made.plan.front) {
    list.push_back({{"variant", made.catalog->variant(p.variant).name},
                    {"how", p.how},
                    {"fleet", p.fleet},
                    {"not_beaten", p.not_beaten},
                    {"measured", json_of(p.measured, *made.catalog)}});
  }
  return list;
}

Json break_evens(const MadePlan& made) {
  Json list = Json::array();
  const Catalog& catalog = *made.catalog;
  for (const plan::BreakEven& e : made.plan.break_evens) {
    const bool both = e.function && e.machine;
    list.push_back(
        {{"variant", catalog.variant(e.variant).name},
         {"function", e.function ? Json(catalog.offer(e.function->offer).name) : Json(nullptr)},
         {"usd_per_call", e.function ? Json(e.function->call.value) : Json(nullptr)},
         {"machine", e.machine ? Json(catalog.offer(*e.machine).name) : Json(nullptr)},
         {"usd_per_query_full", e.machine ? Json(e.per_query_full.value) : Json(nullptr)},
         {"requests_per_s_full", e.machine ? Json(e.full.value) : Json(nullptr)},
         {"break_even_requests_per_s", e.ever() ? Json(e.at.value) : Json(nullptr)},
         {"busy_at_break_even", both ? Json(e.busy) : Json(nullptr)}});
  }
  return list;
}

Json sensitivities(const MadePlan& made) {
  Json list = Json::array();
  for (const plan::Sensitivity& s : made.plan.sensitivities) {
    Json each = Json::array();
    for (std::size_t i = 0; i < s.alternatives.size(); ++i) {
      each.push_back({{"name", made.plan.alternatives[i].option.name},
                      {"usd_per_hour", s.alternatives[i].cost.value},
                      {"usd_per_hour_unchanged", made.plan.unchanged[i].cost.value},
                      {"missed", s.alternatives[i].missed}});
    }
    Json anew(nullptr);
    if (s.replanned) {
      anew = json_of(*s.replanned, *made.catalog);
      anew["usd_per_hour"] = s.replanned_measured->cost.value;
      anew["missed"] = s.replanned_measured->missed;
    }
    Json best(nullptr);
    if (s.best) {
      best = *s.best < s.alternatives.size() ? made.plan.alternatives[*s.best].option.name
                                             : s.replanned->name;
    }
    list.push_back({{"what_if", s.what_if.text},
                    {"alternatives", std::move(each)},
                    {"made_anew", std::move(anew)},
                    {"cheapest", std::move(best)}});
  }
  return list;
}

Json needs(const MadePlan& made) {
  Json list = Json::array();
  for (std::size_t i = 0; i < made.plan.needs.size(); ++i) {
    const plan::Need& n = made.plan.needs[i];
    const auto& f = made.plan.functions[i];
    list.push_back({{"name", n.name},
                    {"variant", made.catalog->variant(n.variant).name},
                    {"share", n.share},
                    {"class", n.query_class == QueryClass::strict ? "strict" : "relaxed"},
                    {"deadline_ms", n.deadline ? Json(milliseconds(*n.deadline)) : Json(nullptr)},
                    {"function", f ? Json(made.catalog->offer(f->offer).name) : Json(nullptr)}});
  }
  return list;
}

}  // namespace

std::string json_text(const MadePlan& made) {
  const plan::Plan& plan = made.plan;
  Json json = {{"load", made.load},
               {"mix", made.mix},
               {"catalog", made.catalog_file},
               {"seed", made.seed},
               {"length_s", seconds(made.length)},
               {"requests_per_s", {{"mean", plan.load.mean.value}, {"peak", plan.load.peak.value}}},
               {"bounds",
                {{"missed_most", made.bounds.missed_most},
                 {"usd_per_hour_most",
                  made.bounds.cost_most ? Json(made.bounds.cost_most->value) : Json(nullptr)},
                 {"spot_share_most", made.bounds.spot_share_most}}},
               {"recommended", plan.recommended ? Json(*plan.recommended) : Json(nullptr)},
               {"classes", needs(made)},
               {"alternatives", alternatives(made)},
               {"front", front(made)},
               {"too_slow", plan.too_slow},
               {"break_even", break_evens(made)},
               {"what_if", sensitivities(made)},
               {"simulations", plan.simulations},
               {"wall_s", made.wall_s}};
  // Names of files and of classes may hold any bytes.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace paragon
