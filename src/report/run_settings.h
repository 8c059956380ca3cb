// What decides a simulated run beside its files and its seed, so that a report can say it and the
// run can be repeated from it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "brain/settings.h"
#include "catalog/catalog.h"
#include "catalog/provisioned.h"
#include "trace/replay.h"

namespace paragon {

struct RunSettings {
  std::string version;  // of the program
  std::string prices;   // of the shipped catalog; empty: a catalog of the user's has its own
  Shape shape;          // what was played of the trace, and how
  Duration until{};     // where it was cut, also when that is its end
  BrainSettings brain;
  std::vector<Provisioned> provisioned;
  Duration hand_off{};
  std::string unusual;  // what is not at its default, in words for people; empty: nothing
};

// Every setting under the name of its flag, those at their defaults too. `knobs` are all that the
// scheme has; `provisioned` are environments by "OFFER/VARIANT".
nlohmann::ordered_json json_of(const RunSettings& settings, const Catalog& catalog);

}  // namespace paragon
