// The brain's settings: few, typed, each with a user. Checked once at start.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "base/units.h"
#include "catalog/catalog.h"
#include "catalog/provisioned.h"

namespace paragon {

// How the variant of a query is chosen.
enum class Selection {
  constraints,  // the best by the objective among those that meet every bound (paper III-A)
  naive,        // unaware of constraints: always the most accurate (what paper figure 9c compares)
};

// Values of a scheme's knobs by name; what is not named keeps its standard value (scheme.h).
using Tuning = std::map<std::string, double, std::less<>>;

// So many environments should be able to answer without a cold start.
struct WarmTarget {
  FunctionOfferId offer;
  VariantId variant;
  int environments = 0;  // idle and busy ones together
};

// For the scheme `planned`: from this time on, so many machines of the offer; or, where `warm` is
// given, so many warm environments instead.
struct PlanStep {
  Time from{};
  MachineOfferId offer;
  int machines = 0;  // booting ones included
  std::optional<WarmTarget> warm{};
};

struct BrainSettings {
  std::string scheme = "paragon";
  Tuning tuning;               // of the scheme
  std::vector<PlanStep> plan;  // of the scheme `planned`, ascending in time; else empty
  Selection selection = Selection::constraints;
  Duration tick = std::chrono::seconds(1);  // between two procurement decisions, >= 100 ms
  int machines_min = 1;                     // 0 to machines_max
  int machines_max = 64;                    // up to 4096
  double target_busy = 0.7;                 // how full machines are planned to be, (0, 1]
  bool functions = true;                    // functions may be used at all
  std::optional<Dollars> budget_per_hour;   // hard: no scheme spends more in any hour of the run
  std::size_t waiting_max = 10'000;         // queries in the waiting room
  double relaxed_slack = 4;                 // a query whose slack is over this many service times
                                            // is relaxed, unless it says otherwise
  Duration overhead = std::chrono::milliseconds(2);  // gateway and network, added to predictions
  int attempts_max = 3;                              // of one query, counting the first
};

// All complaints in one error, naming the setting, what it is and its range.
Status check(const BrainSettings& settings, const Catalog& catalog);
// Likewise, what of the settings forbids to keep such environments.
Status check(const BrainSettings& settings, const Catalog& catalog,
             const std::vector<Provisioned>& provisioned);

}  // namespace paragon
