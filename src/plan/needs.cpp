#include "plan/needs.h"

#include <fmt/format.h>

#include <algorithm>

#include "brain/brain.h"
#include "sim/classes.h"

namespace paragon::plan {

Result<std::vector<Need>> needs_of(const Catalog& catalog, const BrainSettings& settings,
                                   const Mix& mix) {
  const Result<std::vector<sim::RunClass>> classes = sim::make_classes(mix, catalog);
  if (!classes) return classes.error();
  const Brain brain(catalog, settings);
  double weights = 0;
  for (const MixClass& c : mix.classes()) weights += c.weight;
  std::vector<Need> needs;
  for (std::size_t i = 0; i < mix.classes().size(); ++i) {
    const MixClass& c = mix.classes()[i];
    if (c.weight <= 0) continue;
    const Query& query = (*classes)[i].query;
    const Selected selected = brain.select(query);
    const bool runs = std::ranges::any_of(catalog.task(query.task).variants, [&](VariantId v) {
      return brain.selector().candidate(v).placeable;
    });
    if (!runs) {
      return {ErrorCode::invalid,
              fmt::format("class {}: nothing that may be bought runs a variant of {}: the catalog "
                          "needs machine_offers or function_offers with enough memory",
                          c.name, c.task)};
    }
    if (!selected.pick) {
      const Limits limits = brain.selector().limits(query.task);
      return {
          ErrorCode::invalid,
          fmt::format("class {}: no variant of {} meets its bounds; the best there is: accuracy "
                      "{:.4g}, latency {:.4g} ms, ${:.3g} a query",
                      c.name, c.task, limits.accuracy.value, milliseconds(limits.latency),
                      limits.cost.value)};
    }
    if (selected.pick->ensemble) {
      return {ErrorCode::invalid,
              fmt::format("class {}: the ensemble {} answers it, and plans are made for variants "
                          "only; take it out of the catalog to plan without it",
                          c.name, name(catalog, *selected.pick))};
    }
    needs.push_back({c.name, selected.pick->variant, c.weight / weights, selected.query_class,
                     selected.max_latency, selected.max_cost});
  }
  return needs;
}

}  // namespace paragon::plan
