// A fleet that is held whatever the load does: so many machines of each offer.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "sim/scenario.h"

namespace paragon::plan {

// No offer twice, none with 0 machines. Empty: functions alone.
using Fleet = std::vector<sim::Standing>;

HourlyPrice price_of(const Fleet& fleet, const Catalog& catalog);
int machines_in(const Fleet& fleet);
// "3 x c5.large + 1 x c5.xlarge:spot", or "no machines".
std::string text_of(const Fleet& fleet, const Catalog& catalog);
// How often a machine of the fleet is taken away, on average; 0: never.
double interruptions_per_month(const Fleet& fleet, const Catalog& catalog);

}  // namespace paragon::plan
