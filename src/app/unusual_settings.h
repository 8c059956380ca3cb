// What a person needs to know of a scenario's flags: those that are not as they stand by default.
#pragma once

#include <string>

#include "app/scenario_flags.h"

namespace paragon {

// "from 10m, until 20m, scale 2"; empty: nothing. Without the mix, the catalog and its prices,
// which are always told.
std::string unusual_settings(const ScenarioFlags& flags);

}  // namespace paragon
