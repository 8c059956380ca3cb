// The plan in changed worlds: kept as it is, and made anew.
#include <algorithm>

#include "plan/maker.h"

namespace paragon::plan {
namespace {

constexpr std::size_t kReplanned = 3;  // fixed fleets that are simulated

}  // namespace

Result<Sensitivity> Maker::held_against(const WhatIf& what_if) {
  const auto world = changed(question_.world, what_if);
  if (!world) return world.error();
  Sensitivity out{.what_if = what_if};
  const auto surveyed = survey(*world);
  std::vector<Option> options;
  for (const Alternative& alternative : plan_.alternatives) options.push_back(alternative.option);
  if (surveyed) {
    const FleetLimits limits = limits_of(question_, world->brain.functions);
    for (const FleetChoice& choice : cheapest_fleets(*surveyed->model, *world->catalog,
                                                     surveyed->load.levels, limits, kReplanned)) {
      options.push_back(fixed("fixed fleet, made anew", choice.fleet, *surveyed->model, *world,
                              surveyed->load.levels));
    }
  }
  auto runs = simulate(options, *world, question_.seed + 1);
  if (!runs) return runs.error();
  const std::size_t kept = plan_.alternatives.size();
  for (std::size_t i = 0; i < runs->size(); ++i) {
    Measured m = measured({&(*runs)[i], 1}, *world->catalog, world->length, held(options[i]));
    if (i < kept) {
      out.alternatives.push_back(std::move(m));
    } else if (!out.replanned_measured || better(m, *out.replanned_measured)) {
      out.replanned = options[i];
      out.replanned_measured = std::move(m);
    }
  }
  const auto consider = [&](const Measured& m, std::size_t at) {
    if (!within(m)) return;
    const Measured* best = !out.best          ? nullptr
                           : *out.best < kept ? &out.alternatives[*out.best]
                                              : &*out.replanned_measured;
    if (best == nullptr || m.cost < best->cost) out.best = at;
  };
  for (std::size_t i = 0; i < kept; ++i) consider(out.alternatives[i], i);
  if (out.replanned_measured) consider(*out.replanned_measured, kept);
  return out;
}

Status Maker::hold_against_changes() {
  for (std::size_t i = 0; i < question_.what_ifs.size(); ++i) {
    runner_.tell("what if " + question_.what_ifs[i].text,
                 (question_.what_ifs.size() - i) * (plan_.alternatives.size() + kReplanned));
    auto held = held_against(question_.what_ifs[i]);
    if (!held) return held.error();
    plan_.sensitivities.push_back(std::move(*held));
  }
  return {};
}

}  // namespace paragon::plan
