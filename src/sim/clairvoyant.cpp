// The clairvoyant's schedule: the fluid optimum in whole machines, tried.
//
// Real slots do less than a fluid. How much less is settled by executing the plans for several
// yields; the cheapest is kept. (A machine more or less everywhere, and plans joined from the best
// of each stretch of time, were tried too: they cost more each time.)
#include <algorithm>
#include <cmath>
#include <limits>

#include "brain/scheme.h"
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
constexpr double kYields[] = {0.98, 1, 0.95, 0.92, 1.03};
// Until then functions begin cold and queries pile up: no measure of how many are needed.
constexpr Duration kStarting = std::chrono::seconds(30);

// The cheapest plan of those that were tried.
class Search {
 public:
  explicit Search(const Scenario& scenario) : scenario_(carried_out({}, scenario)) {}

  // Tries plans whose machines are those of the costs' reference offer.
  Status try_offer(const LeastCosts& costs, const Optimum& optimum);
  std::vector<PlanStep> best() && { return std::move(best_); }

 private:
  using Machines = std::vector<int>;  // ready, by window

  std::vector<PlanStep> steps(const Machines& machines, std::optional<MachineOfferId> offer,
                              const Windows& windows) const;
  std::vector<PlanStep> warmth(const RunResult& run) const;
  void consider(const RunResult& run, double miss);
  Result<RunResult> execute(std::vector<PlanStep> plan);

  Scenario scenario_;
  std::vector<PlanStep> best_;
  double least_ = std::numeric_limits<double>::infinity();
  double simulated_ = 0;
};

std::vector<PlanStep> Search::steps(const Machines& machines, std::optional<MachineOfferId> offer,
                                    const Windows& windows) const {
  if (!offer) return {};
  // Half of the machines take longer than the median boot, and half of the time it matters little.
  const Duration boot = scenario_.catalog->offer(*offer).provisioning_delay.median;
  const auto ahead = static_cast<std::size_t>((boot + scenario_.brain.tick) / windows.length);
  std::vector<PlanStep> out;
  int had = 0;
  for (std::size_t i = 0; i < windows.count; ++i) {
    // What is to be ready while a machine ordered now boots is not given back meanwhile.
    const auto from = machines.begin() + static_cast<std::ptrdiff_t>(i);
    const auto to =
        machines.begin() + static_cast<std::ptrdiff_t>(std::min(windows.count, i + ahead + 1));
    const int wanted = std::min(scenario_.brain.machines_max, *std::max_element(from, to));
    if (wanted == had) continue;
    const Time when{windows.length * static_cast<std::int64_t>(i)};
    out.push_back({when, *offer, wanted, std::nullopt});
    had = wanted;
  }
  return out;
}

// Environments for as many calls as ran at once in the run, a few to spare, by pair in proportion
// to what it served. They stay warm by themselves for a while after a call, so a step lasts that
// long.
std::vector<PlanStep> Search::warmth(const RunResult& run) const {
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

Result<RunResult> Search::execute(std::vector<PlanStep> plan) {
  std::ranges::stable_sort(plan, {}, &PlanStep::from);
  scenario_.brain.plan = std::move(plan);
  Result<RunResult> run = sim::run(scenario_);
  if (run) simulated_ += static_cast<double>(run->all.requests);
  return run;
}

// Keeps the plan that was executed last if it is the best so far.
void Search::consider(const RunResult& run, double miss) {
  const double cost = run.cost.total().value + miss * static_cast<double>(run.all.missed());
  if (cost >= least_) return;
  least_ = cost;
  best_ = scenario_.brain.plan;
}

Status Search::try_offer(const LeastCosts& costs, const Optimum& optimum) {
  double dearest = 0;
  for (const LeastCosts::Kind& kind : costs.kinds()) {
    if (std::isfinite(kind.call)) dearest = std::max(dearest, kind.call);
  }
  const double miss = kMissInCalls * (costs.reference() * from_seconds(dearest)).value;
  const auto machines = [&](double yields) {
    return steps(optimum.whole_machines(yields), costs.offer(), optimum.load.windows());
  };
  // The first run says where functions are called, so that they can be warm in the others.
  const std::vector<PlanStep> first = machines(kYields[0]);
  const Result<RunResult> cold = execute(first);
  if (!cold) return cold.error();
  consider(*cold, miss);
  const std::vector<PlanStep> warm = warmth(*cold);
  for (const double yields : kYields) {
    std::vector<PlanStep> plan = warm;
    std::ranges::copy(yields == kYields[0] ? first : machines(yields), std::back_inserter(plan));
    const Result<RunResult> run = execute(std::move(plan));
    if (!run) return run.error();
    consider(*run, miss);
    if (simulated_ > kSimulatedMost) break;
  }
  return {};
}

}  // namespace

Scenario carried_out(std::vector<PlanStep> plan, Scenario scenario) {
  scenario.brain.scheme = kPlanFollower;
  scenario.brain.tuning.clear();
  scenario.brain.plan = std::move(plan);
  scenario.brain.selection = Selection::constraints;
  return scenario;
}

Result<std::vector<PlanStep>> clairvoyant_plan(const Scenario& scenario) {
  Search search(scenario);
  std::optional<Error> refused;
  bool tried = false;
  // Cheaper machines may be taken away, or slow down: whether they are worth it, trying tells.
  for (const Market market : {Market::on_demand, Market::spot, Market::burstable}) {
    const Result<LeastCosts> costs =
        LeastCosts::of(scenario, {.market = market, .lesser_answers = false});
    if (!costs) refused = costs.error();
    if (!costs || (tried && !costs->offer())) continue;
    const Result<Optimum> optimum = fluid_optimum(scenario, *costs, 1, false);
    if (!optimum) return optimum.error();
    if (const Status done = search.try_offer(*costs, *optimum); !done) return done.error();
    tried = true;
  }
  if (!tried) return *refused;
  return std::move(search).best();
}

}  // namespace paragon::sim
