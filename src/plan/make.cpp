#include "plan/make.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "plan/maker.h"

namespace paragon::plan {
namespace {

// Long enough that a window's count is not mostly chance, short beside a boot.
constexpr Duration kWindow = std::chrono::seconds(10);
constexpr std::size_t kLevels = 48;
constexpr double kNearlyTheSame = 0.01;  // of the cost

}  // namespace

Result<Plan> make_plan(const Question& question, Runner& runner) {
  return Maker(question, runner).make();
}

Result<Surveyed> survey(const World& world) {
  auto needs = needs_of(*world.catalog, world.brain, *world.mix);
  if (!needs) return needs.error();
  auto arrivals = world.arrivals(world.load, 1);
  if (!arrivals) return arrivals.error();
  Surveyed out{.world = &world, .model = nullptr, .load = {}};
  out.load = shape_of(**arrivals, world.length, kWindow, kLevels);
  if (out.load.levels.empty()) return {ErrorCode::invalid, "the load has no requests"};
  // Of a steady load the windows differ by chance alone, which the formula has already.
  if (world.steady) out.load.levels = {{out.load.mean, 1}};
  out.model =
      std::make_unique<SteadyModel>(*world.catalog, world.brain, std::move(*needs), world.hand_off);
  return out;
}

FleetLimits limits_of(const Question& question, bool functions) {
  // Where no function can stand in, half of a fleet must not be taken away at once.
  constexpr double kSpotWithoutFunctions = 0.5;
  const double spot = question.bounds.spot_share_most;
  return {.machines_max = question.world.brain.machines_max,
          .missed_most = question.bounds.missed_most,
          .spot_share_most = functions ? spot : std::min(spot, kSpotWithoutFunctions)};
}

bool Maker::within(const Measured& m) const {
  const Bounds& bounds = question_.bounds;
  return m.missed <= bounds.missed_most && (!bounds.cost_most || m.cost <= *bounds.cost_most);
}

bool Maker::better(const Measured& a, const Measured& b) const {
  const auto rank = [&](const Measured& m) {
    const bool many = m.missed > question_.bounds.missed_most;
    return std::tuple(many, many ? m.missed : 0.0, m.cost.value);
  };
  return rank(a) < rank(b);
}

Result<std::vector<sim::RunResult>> Maker::simulate(const std::vector<Option>& options,
                                                    const World& world, std::uint64_t seed) {
  std::vector<sim::Scenario> scenarios;
  scenarios.reserve(options.size());
  for (const Option& option : options) scenarios.push_back(scenario_of(option, world, seed));
  plan_.simulations += scenarios.size();
  return runner_.run(scenarios);
}

std::size_t Maker::options_most() const { return 4 + 2 * question_.schemes.size(); }

std::size_t Maker::from_confirmation(std::size_t options) const {
  std::set<std::string> variants;
  for (const MixClass& c : question_.world.mix->classes()) {
    const std::optional<TaskId> task = question_.world.catalog->find_task(c.task);
    if (!task) continue;
    for (const VariantId v : question_.world.catalog->task(*task).variants) {
      variants.insert(question_.world.catalog->variant(v).name);
    }
  }
  return options * static_cast<std::size_t>(question_.confirmations) +
         (question_.front ? 4 * variants.size() : 0) + question_.what_ifs.size() * (options + 3);
}

Status Maker::confirm() {
  runner_.tell("confirming", from_confirmation(plan_.alternatives.size()));
  std::vector<sim::Scenario> scenarios;
  for (const Alternative& alternative : plan_.alternatives) {
    for (int i = 1; i <= question_.confirmations; ++i) {
      scenarios.push_back(scenario_of(alternative.option, question_.world,
                                      question_.seed + static_cast<std::uint64_t>(i)));
    }
  }
  plan_.simulations += scenarios.size();
  auto runs = runner_.run(scenarios);
  if (!runs) return runs.error();
  const Catalog& catalog = *question_.world.catalog;
  const auto each = static_cast<std::size_t>(question_.confirmations);
  std::vector<std::pair<Alternative, Measured>> ranked;
  for (std::size_t i = 0; i < plan_.alternatives.size(); ++i) {
    const std::span of(runs->data() + i * each, each);
    Alternative& alternative = plan_.alternatives[i];
    const Fleet kept = held(alternative.option);
    alternative.confirmed = measured(of, catalog, question_.world.length, kept);
    alternative.within = within(alternative.confirmed);
    ranked.emplace_back(std::move(alternative),
                        measured(of.first(1), catalog, question_.world.length, kept));
  }
  std::ranges::stable_sort(ranked, [&](const auto& a, const auto& b) {
    if (a.first.within != b.first.within) return a.first.within;
    return better(a.first.confirmed, b.first.confirmed);
  });
  plan_.alternatives.clear();
  for (auto& [alternative, one] : ranked) {
    plan_.alternatives.push_back(std::move(alternative));
    plan_.unchanged.push_back(std::move(one));
  }
  recommend();
  return {};
}

// The cheapest within the bounds; or, of those that cost no more than what runs differ by, the one
// that misses least.
void Maker::recommend() {
  for (std::size_t i = 0; i < plan_.alternatives.size(); ++i) {
    const Alternative& a = plan_.alternatives[i];
    if (!a.within) break;
    const HourlyPrice least = plan_.alternatives.front().confirmed.cost;
    if (a.confirmed.cost > least * (1 + kNearlyTheSame)) break;
    if (!plan_.recommended ||
        a.confirmed.missed < plan_.alternatives[*plan_.recommended].confirmed.missed) {
      plan_.recommended = i;
    }
  }
}

// For each variant of the tasks that are asked for, with the deadline of the classes that it
// answers; for one that answers none, with the shortest of its task.
void Maker::find_break_evens() {
  const World& world = question_.world;
  std::set<std::uint32_t> tasks;
  for (const Need& need : plan_.needs) {
    tasks.insert(world.catalog->variant(need.variant).task.value);
  }
  for (const std::uint32_t task : tasks) {
    for (const VariantId v : world.catalog->task(TaskId{task}).variants) {
      std::optional<Need> strictest;
      bool answers = false;
      for (const Need& need : plan_.needs) {
        if (world.catalog->variant(need.variant).task != TaskId{task}) continue;
        const bool own = need.variant == v;
        if (answers && !own) continue;
        const bool tighter =
            !strictest ||
            (need.deadline && (!strictest->deadline || *need.deadline < *strictest->deadline));
        if (own != answers || tighter) strictest = need;
        answers = own;
      }
      strictest->variant = v;
      if (!answers) strictest->max_cost.reset();
      plan_.break_evens.push_back(break_even(*strictest, *world.catalog, world.brain,
                                             world.hand_off, question_.bounds.spot_share_most > 0));
    }
  }
}

Result<Plan> Maker::make() {
  auto surveyed = survey(question_.world);
  if (!surveyed) return surveyed.error();
  plan_.needs = surveyed->model->needs();
  plan_.functions = surveyed->model->functions();
  plan_.load = surveyed->load;
  if (const Status ok = find_fixed(*surveyed); !ok) return ok.error();
  if (const Status ok = find_following(); !ok) return ok.error();
  if (const Status ok = confirm(); !ok) return ok.error();
  find_break_evens();
  if (question_.front) {
    if (const Status ok = find_front(); !ok) return ok.error();
  }
  if (const Status ok = hold_against_changes(); !ok) return ok.error();
  return std::move(plan_);
}

}  // namespace paragon::plan
