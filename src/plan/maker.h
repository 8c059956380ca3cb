// The parts of make_plan(), which share the question and the runner.
#pragma once

#include <memory>

#include "plan/fleet_search.h"
#include "plan/make.h"

namespace paragon::plan {

// A world with what follows from it by formula.
struct Surveyed {
  const World* world = nullptr;
  std::unique_ptr<SteadyModel> model;
  LoadShape load;
};
// Errors: as of needs_of(); the trace cannot be read. `world` must outlive it.
Result<Surveyed> survey(const World& world);

// Of a fixed fleet, as the question bounds it; `functions`: they may be used beside it.
FleetLimits limits_of(const Question& question, bool functions);

class Maker {
 public:
  Maker(const Question& question, Runner& runner) : question_(question), runner_(runner) {}
  Result<Plan> make();

 private:
  // One simulation of each option.
  Result<std::vector<sim::RunResult>> simulate(const std::vector<Option>& options,
                                               const World& world, std::uint64_t seed);
  bool within(const Measured& measured) const;
  // Rank: within the bounds by cost, then by misses.
  bool better(const Measured& a, const Measured& b) const;

  Status find_fixed(const Surveyed& surveyed);
  Status find_following();
  Status confirm();
  void recommend();
  Status find_front();
  Result<std::vector<FrontPoint>> front_of(VariantId variant);
  Status hold_against_changes();
  Result<Sensitivity> held_against(const WhatIf& what_if);
  void find_break_evens();
  // Simulations from confirm() on, at most; `options` is the number of alternatives.
  std::size_t from_confirmation(std::size_t options) const;
  std::size_t options_most() const;  // alternatives that there may come to be

  const Question& question_;
  Runner& runner_;
  Plan plan_;
};

}  // namespace paragon::plan
