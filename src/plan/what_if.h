// What if spot prices doubled, or boots took 200 s: a change of the world that a plan is held
// against.
//
// Written KEY=VALUE, where VALUE is a factor ("2x") or, for times, a length ("200s").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"

namespace paragon::plan {

struct WhatIf {
  enum class What {
    machine_price,       // of every market
    on_demand_price,     // of machines on demand and burstable ones
    spot_price,          // of spot machines
    function_price,      // of time and of calls
    provisioning_delay,  // of every machine, its median
    cold_start,          // of every function, what it adds to process and model
    service_time,        // of every variant, everywhere
    load,                // requests
  };
  What what = What::load;
  double factor = 1;               // above 0
  std::optional<Duration> length;  // instead of a factor: of provisioning_delay, cold_start
  std::string text;                // as written
};

// What is tried unless told otherwise: twice the spot price (where `spot` machines are sold),
// boots of 200 s, functions twice as dear, twice the load.
std::vector<WhatIf> usual_what_ifs(bool spot);

// Errors: no such key, no such value, a length for a key that has none; with what is expected.
Result<WhatIf> what_if_of(std::string_view text);

// The catalog as it would be; `load` changes nothing in it. Errors: a value would be out of its
// range (a price of 1e300).
Result<Catalog> changed(const Catalog& catalog, const WhatIf& what_if);

}  // namespace paragon::plan
