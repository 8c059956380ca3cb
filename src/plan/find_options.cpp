// The alternatives: fixed fleets, and schemes that follow the load.
#include <algorithm>
#include <cmath>

#include "plan/bayes_search.h"
#include "plan/maker.h"
#include "plan/scheme_space.h"

namespace paragon::plan {
namespace {

// So that a miss more or less among a million is no matter of infinity.
constexpr double kMissesLeast = 1e-5;

// Of schemes that buy on the spot market: how much of the machines.
constexpr std::string_view kSpotKnob = "spot";

// Settings that save less than this share are none worth naming.
constexpr double kGainLeast = 0.005;

bool same_fleet(const Option& a, const Option& b) {
  return std::ranges::equal(a.fleet, b.fleet, [](const sim::Standing& x, const sim::Standing& y) {
    return x.offer == y.offer && x.machines == y.machines;
  });
}

// A kind of fixed fleet, of which one comes into the plan.
struct Kind {
  const char* name;
  std::size_t tried;  // fleets that are simulated
  bool functions = true;
  FleetLimits limits{};
};

std::vector<Kind> kinds_of(const Question& question) {
  const bool functions = question.world.brain.functions;
  const FleetLimits limits = limits_of(question, functions);
  FleetLimits on_demand = limits;
  on_demand.allowed = [](const MachineOffer& offer) { return offer.market == Market::on_demand; };
  FleetLimits none = limits;
  none.machines_max = 0;
  if (!functions) {
    return {{"fixed fleet", 6, false, limits}, {"fixed fleet, on demand", 4, false, on_demand}};
  }
  return {{"fixed fleet", 6, true, limits},
          {"fixed fleet, on demand", 4, true, on_demand},
          {"fixed fleet, no functions", 4, false, limits_of(question, false)},
          {"functions alone", 1, true, none}};
}

}  // namespace

Status Maker::find_fixed(const Surveyed& surveyed) {
  World machines_only = question_.world;
  machines_only.brain.functions = false;
  const SteadyModel without(*machines_only.catalog, machines_only.brain, surveyed.model->needs(),
                            machines_only.hand_off);
  const std::vector<LoadLevel>& levels = surveyed.load.levels;
  const std::vector<Kind> kinds = kinds_of(question_);
  std::vector<Option> options;
  std::vector<std::vector<std::size_t>> of_kind(kinds.size());
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    const Kind& kind = kinds[k];
    const SteadyModel& model = kind.functions ? *surveyed.model : without;
    const World& world = kind.functions ? question_.world : machines_only;
    for (const FleetChoice& choice :
         cheapest_fleets(model, *world.catalog, levels, kind.limits, kind.tried)) {
      if (choice.fleet.empty() && !kind.functions) continue;  // nobody would be answered
      Option option = fixed(kind.name, choice.fleet, model, world, levels);
      const auto same = std::ranges::find_if(options, [&](const Option& other) {
        return option.functions == other.functions && same_fleet(option, other);
      });
      of_kind[k].push_back(static_cast<std::size_t>(same - options.begin()));
      if (same == options.end()) options.push_back(std::move(option));
    }
  }
  if (options.empty()) {
    return {
        ErrorCode::invalid,
        "no machine offer runs every variant that the mix needs, and functions may not be used"};
  }
  const std::size_t looks = question_.world.steady ? 1 : question_.looks_most;
  runner_.tell("fixed fleets", options.size() + looks * question_.schemes.size() +
                                   from_confirmation(options_most()));
  auto runs = simulate(options, question_.world, question_.seed);
  if (!runs) return runs.error();
  std::vector<Measured> results;
  for (std::size_t i = 0; i < options.size(); ++i) {
    results.push_back(measured({&(*runs)[i], 1}, *question_.world.catalog, question_.world.length,
                               held(options[i])));
  }
  std::vector<std::size_t> taken;
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    const auto best = std::ranges::min_element(
        of_kind[k], [&](std::size_t a, std::size_t b) { return better(results[a], results[b]); });
    if (best == of_kind[k].end()) continue;
    // The same fleet twice, or one that never used the functions it might have.
    const bool known = std::ranges::any_of(taken, [&](std::size_t other) {
      return same_fleet(options[other], options[*best]) &&
             results[other].share_on_functions == results[*best].share_on_functions;
    });
    if (known) continue;
    taken.push_back(*best);
    options[*best].name = options[*best].fleet.empty() ? "functions alone" : kinds[k].name;
    plan_.alternatives.push_back(
        {.option = options[*best], .searched = results[*best].cost, .confirmed = {}});
  }
  return {};
}

Status Maker::find_following() {
  const World& world = question_.world;
  if (world.catalog->machine_offers().empty() || world.brain.machines_max == 0) return {};
  // What a deployment would have that has been running at this rate.
  Fleet usual;
  int machines_most = 1;
  for (const Alternative& a : plan_.alternatives) {
    const bool on_demand = std::ranges::all_of(a.option.fleet, [&](const sim::Standing& part) {
      return world.catalog->offer(part.offer).market == Market::on_demand;
    });
    machines_most = std::max(machines_most, machines_in(a.option.fleet));
    if (on_demand && a.option.functions == world.brain.functions && !a.option.fleet.empty()) {
      usual = a.option.fleet;
    }
  }
  machines_most = std::min(machines_most, world.brain.machines_max);

  struct Following {
    SchemeSpace space;
    BayesSearch search;
    std::vector<Measured> results;
  };
  std::vector<Following> all;
  const std::size_t looks = world.steady ? 1 : std::max<std::size_t>(1, question_.looks_most);
  for (const std::string& name : question_.schemes) {
    SchemeSpace space(*find_scheme(name), world.brain.target_busy, machines_most);
    BayesSearch search(
        {.dimensions = space.dimensions(), .first = {space.standard()}, .looks_most = looks});
    all.push_back({std::move(space), std::move(search), {}});
  }
  const auto option_at = [&](const Following& f, const Point& point) {
    Option option = f.space.option(point);
    option.functions = world.brain.functions;
    const auto spot = option.tuning.find(kSpotKnob);
    if (spot != option.tuning.end()) {
      spot->second = std::min(spot->second, question_.bounds.spot_share_most);
    }
    if (world.steady) option.fleet = usual;
    return option;
  };
  // All searches side by side, a look each at a time.
  for (std::size_t round = 0;; ++round) {
    std::vector<Option> options;
    std::vector<std::pair<Following*, Point>> of;
    for (Following& f : all) {
      const std::optional<Point> point = f.search.next();
      if (!point) continue;
      options.push_back(option_at(f, *point));
      of.emplace_back(&f, *point);
    }
    if (options.empty()) break;
    runner_.tell("schemes", (looks - round) * options.size() + from_confirmation(options_most()));
    auto runs = simulate(options, world, question_.seed);
    if (!runs) return runs.error();
    for (std::size_t i = 0; i < of.size(); ++i) {
      Measured m = measured({&(*runs)[i], 1}, *world.catalog, world.length, {});
      const double bounded =
          std::log((m.missed + kMissesLeast) / (question_.bounds.missed_most + kMissesLeast));
      of[i].first->search.tell({of[i].second, std::max(1e-12, m.cost.value), bounded});
      of[i].first->results.push_back(std::move(m));
    }
  }
  for (const Following& f : all) {
    Option standard = option_at(f, f.space.standard());
    const std::string name = standard.name;
    plan_.alternatives.push_back(
        {.option = std::move(standard), .searched = f.results.front().cost, .confirmed = {}});
    const auto best = static_cast<std::size_t>(f.search.best() - f.search.looks().data());
    const bool worth =
        better(f.results[best], f.results.front()) &&
        (!within(f.results.front()) ||
         f.results[best].cost.value < (1 - kGainLeast) * f.results.front().cost.value);
    if (!worth) continue;
    Option tuned = option_at(f, f.search.best()->point);
    tuned.name = name + ", tuned";
    plan_.alternatives.push_back({.option = std::move(tuned),
                                  .searched = f.results[best].cost,
                                  .looks = f.results.size(),
                                  .confirmed = {}});
  }
  return {};
}

}  // namespace paragon::plan
