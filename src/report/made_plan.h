// A plan and what it was made from: what every form of report about it is made of.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "plan/plan.h"

namespace paragon {

struct MadePlan {
  plan::Plan plan;
  std::shared_ptr<const Catalog> catalog;
  std::string load;          // "100 requests/s", or the trace as named by the user
  std::string mix;           // as named by the user
  std::string catalog_file;  // likewise
  plan::Bounds bounds;
  Duration length{};  // simulated, each time
  std::uint64_t seed = 1;
  int confirmations = 3;
  double wall_s = 0;  // real time: the only thing here that two runs may differ in
};

// What an alternative is, beyond its name: its machines, or whether its scheme is as it comes.
std::string what_it_is(const plan::Option& option, const Catalog& catalog);

}  // namespace paragon
