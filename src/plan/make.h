// Makes a plan: searches by formula and by simulation, and confirms by simulation what it found.
//
//   1. fixed fleets: the best by formula (fleet_search.h) are simulated, the best of those stay
//   2. schemes that follow the load: as they come and, on a trace, with their settings searched
//      (bayes_search.h), a simulation for each look
//   3. each that is left is simulated again with seeds that nothing was chosen by
//   4. one variant for everything, variant by variant: the front of cost, latency and accuracy
//   5. changed worlds: each alternative as it is, and a new fixed fleet
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/plan.h"
#include "sim/result.h"
#include "sim/scenario.h"

namespace paragon::plan {

// Who runs the simulations: the plan says which, another has the threads.
class Runner {
 public:
  virtual ~Runner() = default;
  // All of them, independent of each other; results in the same order. Errors: the first one's.
  virtual Result<std::vector<sim::RunResult>> run(const std::vector<sim::Scenario>& scenarios) = 0;
  // What it is doing, and how many simulations may still come after those that were run; for
  // progress only.
  virtual void tell(std::string_view what, std::size_t still_to_come) = 0;
};

// Errors: bounds that no variant meets, a trace that cannot be read, a changed world that is none.
Result<Plan> make_plan(const Question& question, Runner& runner);

}  // namespace paragon::plan
