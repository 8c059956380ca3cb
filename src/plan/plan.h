// A plan: what to buy for a load, what it will cost, and what else could be done.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/break_even.h"
#include "plan/load_levels.h"
#include "plan/measured.h"
#include "plan/option.h"
#include "plan/what_if.h"

namespace paragon::plan {

struct Bounds {
  double missed_most = 0.01;  // share of queries that may be late or refused
  std::optional<HourlyPrice> cost_most{};
  double spot_share_most = 1;  // of a fixed fleet's capacity
};

struct Question {
  World world;
  Bounds bounds;
  std::vector<std::string> schemes;  // that follow the load; each is known, none follows a plan
  std::size_t looks_most = 16;       // of the search in a scheme's settings; 0: none
  std::uint64_t seed = 1;            // of the search
  int confirmations = 3;             // runs of each alternative, with the seeds after it
  std::vector<WhatIf> what_ifs;
  bool front = true;  // work out the front of cost, latency and accuracy
};

struct Alternative {
  Option option;
  HourlyPrice searched;   // cost in the run that it was chosen by
  std::size_t looks = 0;  // of the search in its settings; 0: there was none
  Measured confirmed;     // with other seeds
  bool within = false;    // the bounds
};

// One variant for all queries of its task.
struct FrontPoint {
  VariantId variant;
  std::string how;    // "cheapest", "nobody waits"
  std::string fleet;  // as text
  Measured measured;
  bool not_beaten = false;  // by another point of the task
};

// The load and the offers after a change.
struct Sensitivity {
  WhatIf what_if;
  std::vector<Measured> alternatives{};  // those of the plan, as they are
  std::optional<Option> replanned{};     // the best fixed fleet for the changed world
  std::optional<Measured> replanned_measured{};
  // Of the cheapest within the bounds: an index of `alternatives`, or their number for the
  // replanned one. Nothing: none is within them.
  std::optional<std::size_t> best{};
};

struct Plan {
  std::vector<Need> needs;
  std::vector<std::optional<FunctionFor>> functions;  // by need: the size for it
  LoadShape load;
  std::vector<Alternative> alternatives;  // the cheapest first, those within the bounds before
  // The cheapest within the bounds or, of those within 1 % of its cost, the one that misses least.
  // Nothing: none is within the bounds.
  std::optional<std::size_t> recommended;
  std::vector<FrontPoint> front;
  std::vector<std::string> too_slow;  // variants that cannot meet the deadlines at all
  std::vector<BreakEven> break_evens;
  std::vector<Sensitivity> sensitivities;
  std::vector<Measured>
      unchanged;  // the alternatives in the very run that changes are held against
  std::size_t simulations = 0;
};

}  // namespace paragon::plan
