// One way to carry a load, as the simulator can run it; and the world that it is run in.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "brain/scheme.h"
#include "brain/settings.h"
#include "plan/fleet.h"
#include "plan/steady.h"
#include "plan/what_if.h"
#include "sim/scenario.h"

namespace paragon::plan {

// What is asked of a deployment, and what may be bought.
struct World {
  std::shared_ptr<const Catalog> catalog;
  BrainSettings brain;  // bounds on what may be bought; scheme and tuning are the option's
  std::optional<Mix> mix;
  Duration hand_off{};
  // The load times a factor, with a seed of its own. Errors: a trace cannot be read.
  std::function<Result<ArrivalsPtr>(double factor, std::uint64_t seed)> arrivals;
  double load = 1;      // the factor
  Duration length{};    // of the load
  bool steady = false;  // one rate; else a trace
};

// The same, after a change. Errors: as changed() of catalogs.
Result<World> changed(const World& world, const WhatIf& what_if);

struct Option {
  std::string name;    // "fixed fleet", "newsvendor, searched"
  std::string scheme;  // kPlanFollower: the fleet is held; else a scheme that follows the load
  Fleet fleet;         // held; or, where the load is steady, what a following scheme begins with
  std::vector<WarmTarget> warm{};  // environments that a fixed fleet keeps warm
  Tuning tuning{};
  int machines_min = 0;  // of a following scheme
  std::optional<double> target_busy{};
  bool functions = true;
  bool machines = true;                // may be bought at all
  std::optional<Expected> expected{};  // by formula, for fixed fleets

  bool is_fixed() const { return scheme == kPlanFollower; }
};

// A fleet held fixed with as many warm environments as what overflows at the highest level needs.
Option fixed(std::string name, const Fleet& fleet, const SteadyModel& model, const World& world,
             std::span<const LoadLevel> levels);

// What it holds whatever the load does: nothing, where it follows the load.
Fleet held(const Option& option);

// `world` must outlive it.
sim::Scenario scenario_of(const Option& option, const World& world, std::uint64_t seed);

}  // namespace paragon::plan
