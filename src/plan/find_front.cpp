// One variant for all queries of its task: what it costs, how fast and how accurate it is.
#include <algorithm>
#include <cmath>

#include "catalog/subset.h"
#include "plan/front.h"
#include "plan/maker.h"

namespace paragon::plan {
namespace {

// Of a fleet in which nobody waits: the share that may find no free slot.
constexpr double kWaitMost = 0.01;
// Fleets that are simulated to be the cheapest.
constexpr std::size_t kTried = 3;
constexpr std::size_t kOfAVariant = kTried + 1;

// The classes of the task without the bounds that choose among variants; their share of the load.
std::pair<Mix, double> classes_of(const World& world, const std::string& task) {
  std::vector<MixClass> classes;
  double all = 0;
  double own = 0;
  for (const MixClass& c : world.mix->classes()) {
    all += c.weight;
    if (c.task != task || c.weight <= 0) continue;
    own += c.weight;
    MixClass& open = classes.emplace_back(c);
    open.constraints.min_accuracy = accuracy(0);
    open.constraints.max_cost = dollars(1e9);
    open.constraints.objective = kCheapest;
  }
  return {Mix::build(std::move(classes)).value(), own / all};
}

}  // namespace

Result<std::vector<FrontPoint>> Maker::front_of(VariantId variant) {
  const Catalog& catalog = *question_.world.catalog;
  World world = question_.world;
  world.catalog = std::make_shared<const Catalog>(only(catalog, variant));
  auto [mix, share] = classes_of(question_.world, catalog.task(catalog.variant(variant).task).name);
  world.mix = std::move(mix);
  world.load *= share;
  std::vector<FrontPoint> points;
  const auto surveyed = survey(world);
  if (!surveyed) {
    plan_.too_slow.push_back(catalog.variant(variant).name);
    return points;
  }
  const std::vector<LoadLevel>& levels = surveyed->load.levels;
  FleetLimits limits = limits_of(question_, world.brain.functions);
  std::vector<Option> options;
  const auto add = [&](const char* how, std::size_t count) {
    for (const FleetChoice& choice :
         cheapest_fleets(*surveyed->model, *world.catalog, levels, limits, count)) {
      options.push_back(fixed(how, choice.fleet, *surveyed->model, world, levels));
    }
  };
  add("cheapest", kTried);
  const std::size_t cheap = options.size();
  limits.wait_most = kWaitMost;
  add("nobody waits", 1);
  auto runs = simulate(options, world, question_.seed);
  if (!runs) return runs.error();
  std::vector<Measured> results;
  for (std::size_t i = 0; i < options.size(); ++i) {
    results.push_back(measured({&(*runs)[i], 1}, *world.catalog, world.length, held(options[i])));
  }
  std::size_t cheapest = 0;
  for (std::size_t i = 1; i < cheap; ++i) {
    if (better(results[i], results[cheapest])) cheapest = i;
  }
  const auto take = [&](std::size_t i) {
    FrontPoint& point = points.emplace_back();
    point.variant = variant;
    point.how = options[i].name;
    point.fleet = text_of(options[i].fleet, *world.catalog);
    point.measured = std::move(results[i]);
    for (Answered& a : point.measured.answered) a.variant = variant;
  };
  if (cheap > 0) take(cheapest);
  const bool another = options.size() > cheap &&
                       text_of(options[cheap].fleet, *world.catalog) != points.front().fleet;
  if (another) take(cheap);
  return points;
}

Status Maker::find_front() {
  const Catalog& catalog = *question_.world.catalog;
  std::vector<VariantId> variants;
  for (const BreakEven& even : plan_.break_evens) variants.push_back(even.variant);
  for (std::size_t i = 0; i < variants.size(); ++i) {
    runner_.tell("one variant for all",
                 kOfAVariant * (variants.size() - i) +
                     question_.what_ifs.size() * (plan_.alternatives.size() + 3));
    auto points = front_of(variants[i]);
    if (!points) return points.error();
    plan_.front.insert(plan_.front.end(), points->begin(), points->end());
  }
  // Task by task: what cannot stand in for another does not beat it.
  for (std::uint32_t t = 0; t < catalog.tasks().size(); ++t) {
    std::vector<FrontPoint*> of;
    std::vector<Worth> ways;
    for (FrontPoint& point : plan_.front) {
      if (catalog.variant(point.variant).task != TaskId{t}) continue;
      if (point.measured.missed > question_.bounds.missed_most) continue;
      of.push_back(&point);
      ways.push_back(
          {point.measured.per_million, point.measured.strict_p99, point.measured.accuracy});
    }
    const std::vector<bool> best = not_beaten(ways);
    for (std::size_t i = 0; i < of.size(); ++i) of[i]->not_beaten = best[i];
  }
  return {};
}

}  // namespace paragon::plan
