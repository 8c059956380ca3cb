// The clairvoyant's schedule: the fluid optimum in whole machines, tried.
//
// Real slots do less than a fluid. How much less is settled by executing the plans for several
// yields; the cheapest is kept. (A machine more or less everywhere, and plans joined from the best
// of each stretch of time, were tried too: they cost more each time.)
#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/bound.h"
#include "sim/bound_costs.h"
#include "sim/bound_optimum.h"
#include "sim/run.h"

namespace paragon::sim {
namespace {

// What a miss counts in the search, in dearest calls: enough that a plan with fewer misses wins.
constexpr double kMissInCalls = 20;
// Queries that the search may simulate in all, at a fraction of a microsecond for each.
constexpr double kSimulatedMost = 1.2e7;
constexpr double kYields[] = {0.98, 0.95, 1, 0.92, 1.03};
// Until then functions begin cold and queries pile up: no measure of how many are needed.
constexpr Duration kStarting = std::chrono::seconds(30);

class Planner {
 public:
  Planner(const Scenario& scenario, const LeastCosts& costs, const Optimum& optimum)
      : scenario_(scenario), costs_(costs), optimum_(optimum) {
    scenario_.brain.scheme = "planned";
    scenario_.brain.tuning.clear();
    double dearest = 0;
    for (const LeastCosts::Kind& kind : costs_.kinds()) {
      if (std::isfinite(kind.call)) dearest = std::max(dearest, kind.call);
    }
    miss_ = kMissInCalls * (costs_.reference() * from_seconds(dearest)).value;
  }

  Result<std::vector<PlanStep>> plan();

 private:
  using Machines = std::vector<int>;  // ready, by window

  std::vector<PlanStep> steps(const Machines& machines) const;
  std::vector<PlanStep> warmth(const RunResult& run) const;
  Result<RunResult> execute(const Machines& machines);
  Scenario scenario_;
  const LeastCosts& costs_;
  const Optimum& optimum_;
  double miss_ = 0;  // dollars
  std::vector<PlanStep> warm_;
  double simulated_ = 0;
};

std::vector<PlanStep> Planner::steps(const Machines& machines) const {
  const Windows& windows = optimum_.load.windows();
  // Half of the machines take longer than the median boot, and half of the time it matters little.
  const Duration boot = scenario_.catalog->machine_offers().empty()
                            ? Duration::zero()
                            : scenario_.catalog->offer(costs_.offer()).provisioning_delay.median;
  const auto ahead = static_cast<std::size_t>((boot + scenario_.brain.tick) / windows.length);
  std::vector<PlanStep> out = warm_;
  int had = 0;
  for (std::size_t i = 0; i < windows.count; ++i) {
    // What is to be ready while a machine ordered now boots is not given back meanwhile.
    const auto from = machines.begin() + static_cast<std::ptrdiff_t>(i);
    const auto to =
        machines.begin() + static_cast<std::ptrdiff_t>(std::min(windows.count, i + ahead + 1));
    const int wanted = std::min(scenario_.brain.machines_max, *std::max_element(from, to));
    if (wanted == had) continue;
    const Time when{windows.length * static_cast<std::int64_t>(i)};
    out.push_back({when, costs_.offer(), wanted, std::nullopt});
    had = wanted;
  }
  std::ranges::stable_sort(out, {}, &PlanStep::from);
  return out;
}

// Environments for as many calls as ran at once in the run, a few to spare, by pair in proportion
// to what it served. They stay warm by themselves for a while after a call, so a step lasts that
// long.
std::vector<PlanStep> Planner::warmth(const RunResult& run) const {
  std::vector<PlanStep> out;
  double calls = 0;
  for (const Served& served : run.served) {
    if (served.function) calls += static_cast<double>(served.queries);
  }
  for (const Served& served : run.served) {
    const double share = served.function ? static_cast<double>(served.queries) / calls : 0;
    if (share < 0.002) continue;
    const Duration keep_alive = scenario_.catalog->offer(*served.function).keep_alive;
    const Duration every = std::max<Duration>(keep_alive / 2, std::chrono::seconds(1));
    int had = 0;
    for (Time from{}; from.time_since_epoch() < run.length; from += every) {
      double most = 0;
      for (const Sample& sample : run.series) {
        if (sample.from < Time{kStarting} || sample.from < from - std::chrono::seconds(10))
          continue;
        if (sample.from >= from + keep_alive) break;
        most = std::max(most, share * sample.on_functions);
      }
      const int wanted =
          most == 0 ? 0 : static_cast<int>(std::ceil(most + 3 * std::sqrt(most) + 1));
      if (wanted == had) continue;
      out.push_back({from, {}, 0, WarmTarget{*served.function, served.variant, wanted}});
      had = wanted;
    }
  }
  return out;
}

Result<RunResult> Planner::execute(const Machines& machines) {
  scenario_.brain.plan = steps(machines);
  Result<RunResult> run = sim::run(scenario_);
  if (run) simulated_ += static_cast<double>(run->all.requests);
  return run;
}

Result<std::vector<PlanStep>> Planner::plan() {
  // The first run says where functions are called, so that they can be warm in the others.
  const Result<RunResult> cold = execute(optimum_.whole_machines(kYields[0]));
  if (!cold) return cold.error();
  warm_ = warmth(*cold);
  std::vector<PlanStep> best;
  double least = std::numeric_limits<double>::infinity();
  for (const double yields : kYields) {
    if (!best.empty() && simulated_ > kSimulatedMost) break;
    const Result<RunResult> run = execute(optimum_.whole_machines(yields));
    if (!run) return run.error();
    const double cost = run->cost.total().value + miss_ * static_cast<double>(run->all.missed());
    if (cost >= least) continue;
    least = cost;
    best = scenario_.brain.plan;
  }
  return best;
}

}  // namespace

Result<std::vector<PlanStep>> clairvoyant_plan(const Scenario& scenario) {
  const Result<LeastCosts> costs = LeastCosts::of(scenario);
  if (!costs) return costs.error();
  const Result<Optimum> optimum = fluid_optimum(scenario, *costs, 1, false);
  if (!optimum) return optimum.error();
  return Planner(scenario, *costs, *optimum).plan();
}

}  // namespace paragon::sim
