#include "report/run_settings.h"

#include <nlohmann/json.hpp>

#include "brain/scheme.h"

namespace paragon {
namespace {

using Json = nlohmann::ordered_json;

Json knobs_of(const BrainSettings& brain) {
  Json json = Json::object();
  const SchemeInfo* scheme = find_scheme(brain.scheme);
  if (scheme == nullptr) return json;
  const Knobs values(scheme->knobs, brain.tuning);
  for (const Knob& knob : scheme->knobs) json[std::string(knob.name)] = values[knob.name];
  return json;
}

}  // namespace

Json json_of(const RunSettings& settings, const Catalog& catalog) {
  const Shape& shape = settings.shape;
  const BrainSettings& brain = settings.brain;
  Json provisioned = Json::object();
  for (const Provisioned& one : settings.provisioned) {
    provisioned[catalog.offer(one.offer).name + "/" + catalog.variant(one.variant).name] =
        one.environments;
  }
  return {{"version", settings.version},
          {"prices", settings.prices.empty() ? Json(nullptr) : Json(settings.prices)},
          {"from_s", seconds(shape.from)},
          {"until_s", seconds(settings.until)},
          {"compress", shape.compress},
          {"scale", shape.mean ? Json(nullptr) : Json(shape.scale)},
          {"mean_rate_per_s", shape.mean ? Json(shape.mean->value) : Json(nullptr)},
          {"repeat", shape.repeat},
          {"spacing", shape.spacing == Spacing::even ? "even" : "poisson"},
          {"selection", brain.selection == Selection::naive ? "naive" : "constraints"},
          {"knobs", knobs_of(brain)},
          {"budget_usd_per_hour",
           brain.budget_per_hour ? Json(brain.budget_per_hour->value) : Json(nullptr)},
          {"machines_min", brain.machines_min},
          {"machines_max", brain.machines_max},
          {"target_busy", brain.target_busy},
          {"functions", brain.functions},
          {"hand_off_ms", milliseconds(settings.hand_off)},
          {"provisioned", std::move(provisioned)}};
}

}  // namespace paragon
