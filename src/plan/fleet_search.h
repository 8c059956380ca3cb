// The fixed fleets that a load would be cheapest with, by formula, each of them tried.
//
// A fleet is so many machines of one offer, or of two. Of one offer every number is tried, from
// none until the machines alone cost more than the best fleet. Of two, every number of the first
// with as many of the second as bring their capacity near that of the best fleets of one offer.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "plan/fleet.h"
#include "plan/steady.h"

namespace paragon::plan {

struct FleetChoice {
  Fleet fleet;
  Expected expected;
};

struct FleetLimits {
  int machines_max = 4096;
  double missed_most = 1;  // share of queries
  double wait_most = 1;    // share of queries that wait for a slot
  // Whether machines of an offer may be bought at all. Empty: of every one.
  std::function<bool(const MachineOffer&)> allowed{};
  // Of the machines' capacity, at most so much from the spot market.
  double spot_share_most = 1;
};

// The `count` best fleets within the limits, cheapest first by expected cost, at most three of the
// same set of offers. Where fewer than that keep the limits on misses and waits, those behind them
// that are least beyond.
std::vector<FleetChoice> cheapest_fleets(const SteadyModel& model, const Catalog& catalog,
                                         std::span<const LoadLevel> levels,
                                         const FleetLimits& limits, std::size_t count);

}  // namespace paragon::plan
