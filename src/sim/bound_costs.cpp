#include "sim/bound_costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "brain/meter.h"
#include "brain/select.h"

namespace paragon::sim {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double normal_below(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

}  // namespace

double least_mean_boot(const Delay& delay, Duration until, double worth) {
  const double median = seconds(delay.median);
  const double sigma = delay.sigma;
  const double early = seconds(until);
  if (median <= 0 || sigma <= 0) return median - worth * std::max(0.0, early - median);
  const double mean = median * std::exp(sigma * sigma / 2);
  const auto least_at = [&](double z) {
    const double t = median * std::exp(sigma * z);
    const double by_then = normal_below(z);
    const double billed = mean * normal_below(z - sigma) + t * (1 - by_then);
    const double until_z = early <= 0 ? -40 : std::min(z, std::log(early / median) / sigma);
    const double earned =
        worth * (early * normal_below(until_z) - mean * normal_below(until_z - sigma));
    return (billed - earned) / by_then;
  };
  double least = least_at(8);
  for (double z = -6; z < 8; z += 0.01) least = std::min(least, least_at(z));
  return least;
}

LeastCosts::Class LeastCosts::class_of(const Scenario& scenario, const MixClass& mix_class,
                                       TaskId task) const {
  const Catalog& catalog = *scenario.catalog;
  const BrainSettings& brain = scenario.brain;
  const Constraints& d = catalog.task(task).defaults;
  Class out{mix_class.constraints, {}, {}};
  Constraints& c = out.constraints;
  if (!c.max_latency) c.max_latency = d.max_latency;
  if (!c.min_accuracy) c.min_accuracy = d.min_accuracy;
  if (!c.max_cost) c.max_cost = d.max_cost;
  if (!c.objective) c.objective = d.objective;
  // An ensemble costs more than any one of its members, so that one alone is a lower bound of it.
  std::vector<bool> may(catalog.variants().size());
  for (const VariantId v : catalog.task(task).variants) {
    may[v.index()] = !c.min_accuracy || catalog.variant(v).accuracy.top1 >= *c.min_accuracy;
  }
  for (const Ensemble& e : catalog.ensembles()) {
    if (c.min_accuracy && e.accuracy.top1 < *c.min_accuracy) continue;
    for (const VariantId v : e.members) may[v.index()] = true;
  }
  for (const VariantId v : catalog.task(task).variants) {
    if (may[v.index()]) out.on_functions.push_back(v);
  }
  out.on_machines = out.on_functions;
  if (!c.objective || *c.objective == kCheapest) return out;
  const Selector selector(catalog, brain.overhead, brain.machines_max > 0, brain.functions);
  if (const auto chosen = selector.select(task, c)) {
    out.on_machines = chosen->ensemble ? catalog.ensemble(*chosen->ensemble).members
                                       : std::vector{chosen->variant};
    if (!liberty_.lesser_answers) out.on_functions = out.on_machines;
  }
  return out;
}

LeastCosts::Ways LeastCosts::ways(const Scenario& scenario, const Class& of) const {
  const Catalog& catalog = *scenario.catalog;
  const Constraints& c = of.constraints;
  const double reference = reference_.value / 3600;
  Ways ways;
  const auto add = [&](std::vector<Way>& to, const Way& way, Dollars median_cost) {
    if (c.max_latency && way.service + scenario.brain.overhead > *c.max_latency) return;
    if (c.max_cost && median_cost > *c.max_cost) return;
    // The same variant, slower and dearer: never the better one, whatever the quantile.
    for (const Way& other : to) {
      const bool rounded = other.step > Duration::zero();
      const bool cheaper =
          rounded
              ? other.per_second <= way.per_second && way.step % other.step == Duration::zero()
              : other.per_second * seconds(other.service) <= way.per_second * seconds(way.service);
      if (cheaper && other.variant == way.variant && other.service <= way.service &&
          other.fixed <= way.fixed) {
        return;
      }
    }
    to.push_back(way);
  };
  for (const VariantId v : of.on_machines) {
    for (std::uint32_t o = 0; o < catalog.machine_offers().size(); ++o) {
      const MachineOffer& offer = catalog.machine_offers()[o];
      const MachineProfile& p = catalog.profile(v, MachineOfferId{o});
      if (!counts(scenario, offer) || p.slots == 0) continue;
      add(ways.machines,
          {v, p.service_p50, offer.price / reference_ / p.slots, 0, Duration::zero()},
          offer.price * p.service_p50 * (1.0 / p.slots));
    }
  }
  for (const VariantId v : of.on_functions) {
    for (std::uint32_t o = 0; o < catalog.function_offers().size(); ++o) {
      const FunctionOffer& offer = catalog.function_offers()[o];
      const FunctionProfile& p = catalog.profile(v, FunctionOfferId{o});
      if (!scenario.brain.functions || !p.usable) continue;
      const Dollars second = offer.price * MbMillis{{offer.memory.value * 1000}};
      add(ways.functions,
          {v, p.service_p50, second.value / reference, offer.price_per_call.value / reference,
           std::max<Duration>(offer.billing_step, std::chrono::milliseconds(1))},
          call_price(offer, p.service_p50));
    }
  }
  return ways;
}

LeastCosts::Least LeastCosts::least(std::uint32_t kind, std::uint32_t quantile) const {
  Least least{kInfinity, kInfinity};
  const Duration deadline = kinds_[kind].deadline;
  for (const Way& way : ways_[kind].machines) {
    const Duration service = times_.draw(way.variant, way.service, quantile);
    if (service > deadline) continue;
    least.work = std::min(least.work, way.per_second * seconds(service));
  }
  for (const Way& way : ways_[kind].functions) {
    const Duration service = times_.draw(way.variant, way.service, quantile);
    if (service > deadline) continue;
    const Duration billed = (service + way.step - Duration(1)) / way.step * way.step;
    least.call = std::min(least.call, way.fixed + way.per_second * seconds(billed));
  }
  return least;
}

// The reference is the offer on which an average query of the mix costs the least, of equals the
// smallest. For the bound any would do; the plan buys this one.
void LeastCosts::choose_reference(const Scenario& scenario, const std::vector<Class>& classes) {
  const Catalog& catalog = *scenario.catalog;
  double cheapest = kInfinity;
  boot_ = kInfinity;
  reference_ = per_hour(1);
  for (std::uint32_t o = 0; o < catalog.machine_offers().size(); ++o) {
    const MachineOffer& offer = catalog.machine_offers()[o];
    if (!counts(scenario, offer)) continue;
    boot_ = std::min(boot_, least_mean_boot(offer.provisioning_delay));
    double price = 0;
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const std::optional<Duration> latency = classes[i].constraints.max_latency;
      double least = kInfinity;
      for (const VariantId v : classes[i].on_machines) {
        const MachineProfile& p = catalog.profile(v, MachineOfferId{o});
        if (p.slots == 0 || (latency && p.service_p50 + scenario.brain.overhead > *latency))
          continue;
        least = std::min(least, offer.price.value * seconds(p.service_p50) / p.slots);
      }
      price += scenario.load.mix.classes()[i].weight * least;
    }
    const bool first = cheapest == kInfinity;
    const bool better =
        price < cheapest * 0.98 || (price <= cheapest * 1.02 && offer.price < reference_);
    if (!first && !better) continue;
    cheapest = price;
    reference_ = offer.price;
    offer_ = MachineOfferId{o};
  }
  if (boot_ == kInfinity) boot_ = 0;
}

Result<LeastCosts> LeastCosts::of(const Scenario& scenario, const Liberty& liberty) {
  const Catalog& catalog = *scenario.catalog;
  const std::vector<MixClass>& mix = scenario.load.mix.classes();
  LeastCosts costs(catalog, liberty);
  std::vector<Class> classes;
  for (const MixClass& c : mix) {
    const std::optional<TaskId> task = catalog.find_task(c.task);
    if (!task) {
      return {ErrorCode::invalid, fmt::format("class '{}': task: got '{}', expected a task of the "
                                              "catalog",
                                              c.name, c.task)};
    }
    classes.push_back(costs.class_of(scenario, c, *task));
  }
  costs.choose_reference(scenario, classes);

  const auto same = [](const std::vector<Way>& a, const std::vector<Way>& b) {
    return std::ranges::equal(a, b, [](const Way& x, const Way& y) {
      return x.variant == y.variant && x.service == y.service && x.per_second == y.per_second &&
             x.fixed == y.fixed && x.step == y.step;
    });
  };
  for (std::size_t i = 0; i < classes.size(); ++i) {
    Ways ways = costs.ways(scenario, classes[i]);
    if (ways.machines.empty() && ways.functions.empty()) {
      return {ErrorCode::invalid,
              fmt::format("class '{}': no variant of {} meets its bounds on anything that may be "
                          "bought",
                          mix[i].name, mix[i].task)};
    }
    Kind kind;
    const std::optional<Duration> latency = classes[i].constraints.max_latency;
    if (latency) kind.deadline = *latency - scenario.brain.overhead;
    std::uint32_t k = 0;
    while (k < costs.kinds_.size() && !(costs.kinds_[k].deadline == kind.deadline &&
                                        same(costs.ways_[k].machines, ways.machines) &&
                                        same(costs.ways_[k].functions, ways.functions))) {
      ++k;
    }
    costs.kind_of_.push_back(k);
    if (k < costs.kinds_.size()) continue;
    costs.kinds_.push_back(kind);
    costs.ways_.push_back(std::move(ways));
    const Least median = costs.least(k, 1U << 31);
    costs.kinds_[k].work = median.work;
    costs.kinds_[k].call = median.call;
  }
  return costs;
}

}  // namespace paragon::sim
