#include "plan/option.h"

#include <algorithm>
#include <cmath>

namespace paragon::plan {
namespace {

constexpr double kKeptWarmMost = 0.5;  // of the concurrency limit
constexpr double kRare = 1e-6;         // calls in progress that are none

}  // namespace

Result<World> changed(const World& world, const WhatIf& what_if) {
  Result<Catalog> catalog = changed(*world.catalog, what_if);
  if (!catalog) return catalog.error();
  World out = world;
  out.catalog = std::make_shared<const Catalog>(std::move(*catalog));
  if (what_if.what == WhatIf::What::load) out.load *= what_if.factor;
  return out;
}

Option fixed(std::string name, const Fleet& fleet, const SteadyModel& model, const World& world,
             std::span<const LoadLevel> levels) {
  Option option{.name = std::move(name), .scheme = std::string(kPlanFollower), .fleet = fleet};
  option.functions = world.brain.functions;
  option.machines = !fleet.empty();
  option.expected = model.expect(fleet, levels);
  if (!option.functions || levels.empty()) return option;
  // Calls of each pair run at once as a Poisson number does, if not quite as evenly: three
  // deviations over the mean, and one.
  const Expected peak = model.expect(fleet, levels.back().rate);
  for (std::size_t i = 0; i < model.needs().size(); ++i) {
    const Need& need = model.needs()[i];
    const std::optional<FunctionFor>& f = model.functions()[i];
    if (!f) continue;
    const double each = seconds(world.catalog->profile(need.variant, f->offer).service_p50);
    const double calls = levels.back().rate.value * need.share * peak.on_functions * each;
    if (calls < kRare) continue;
    const auto same = std::ranges::find_if(option.warm, [&](const WarmTarget& w) {
      return w.offer == f->offer && w.variant == need.variant;
    });
    const double most = kKeptWarmMost * world.catalog->offer(f->offer).concurrency_limit;
    const int wanted =
        static_cast<int>(std::min(most, std::ceil(calls + 3 * std::sqrt(calls) + 1)));
    if (same == option.warm.end()) {
      option.warm.push_back({f->offer, need.variant, wanted});
    } else {
      same->environments += wanted;
    }
  }
  return option;
}

Fleet held(const Option& option) { return option.is_fixed() ? option.fleet : Fleet{}; }

sim::Scenario scenario_of(const Option& option, const World& world, std::uint64_t seed) {
  sim::Scenario scenario{.catalog = world.catalog.get(),
                         .brain = world.brain,
                         .load = {.arrivals = {}, .mix = *world.mix},
                         .hand_off = world.hand_off,
                         .seed = seed};
  BrainSettings& brain = scenario.brain;
  brain.scheme = option.scheme;
  brain.tuning = option.tuning;
  brain.functions = option.functions;
  const bool fixed = option.is_fixed();
  brain.machines_min = fixed ? 0 : std::max(brain.machines_min, option.machines_min);
  if (option.target_busy) brain.target_busy = *option.target_busy;
  if (!option.machines || world.catalog->machine_offers().empty()) brain.machines_max = 0;
  if (fixed) {
    for (const sim::Standing& part : option.fleet) {
      brain.plan.push_back({Time{}, part.offer, part.machines, std::nullopt});
    }
    for (const WarmTarget& warm : option.warm) brain.plan.push_back({Time{}, {}, 0, warm});
  }
  if (fixed || world.steady) scenario.standing = option.fleet;
  scenario.load.arrivals = [&world, seed] { return world.arrivals(world.load, seed); };
  // The series is not looked at.
  scenario.sample = std::max<Duration>(std::chrono::seconds(10), world.length / 64);
  return scenario;
}

}  // namespace paragon::plan
