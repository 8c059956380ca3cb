#include "brain/select.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "brain/bounds.h"
#include "brain/meter.h"

namespace paragon {
namespace {

Candidate together(const Ensemble& ensemble, EnsembleId id,
                   const std::vector<Candidate>& variants) {
  Candidate all{{id, ensemble.members.front()}, ensemble.accuracy.top1, {}, {}, true};
  for (const VariantId member : ensemble.members) {
    const Candidate& one = variants[member.index()];
    all.latency = std::max(all.latency, one.latency);
    all.cost += one.cost;
    all.placeable = all.placeable && one.placeable;
  }
  return all;
}

Candidate best_of(const Catalog& catalog, VariantId v, Duration overhead, bool machines,
                  bool functions) {
  Candidate best{v, catalog.variant(v).accuracy.top1, Duration::max(),
                 dollars(std::numeric_limits<double>::infinity()), false};
  const auto consider = [&](Duration service, Dollars cost) {
    best.placeable = true;
    best.latency = std::min(best.latency, service + overhead);
    best.cost = std::min(best.cost, cost);
  };
  for (std::uint32_t o = 0; machines && o < catalog.machine_offers().size(); ++o) {
    const MachineProfile& p = catalog.profile(v, MachineOfferId{o});
    if (p.slots == 0) continue;
    consider(p.service_p50, catalog.machine_offers()[o].price * p.service_p50 * (1.0 / p.slots));
  }
  for (std::uint32_t o = 0; functions && o < catalog.function_offers().size(); ++o) {
    const FunctionProfile& p = catalog.profile(v, FunctionOfferId{o});
    if (!p.usable) continue;
    consider(p.service_p50, call_price(catalog.function_offers()[o], p.service_p50));
  }
  return best;
}

double share(double excess, double bound) { return bound > 0 ? excess / bound : excess; }

// How far outside each bound, as shares of it; 0 where it is met.
struct Excess {
  double accuracy = 0;
  double latency = 0;
  double cost = 0;

  Excess(const Bounds& bounds, Accuracy a, Duration l, Dollars d) {
    if (a < bounds.accuracy) accuracy = share((bounds.accuracy - a).value, bounds.accuracy.value);
    if (l > bounds.latency) latency = share(seconds(l - bounds.latency), seconds(bounds.latency));
    if (d > bounds.cost) cost = share((d - bounds.cost).value, bounds.cost.value);
  }
  double total() const { return accuracy + latency + cost; }
  bool within(const Excess& other) const {
    return accuracy <= other.accuracy && latency <= other.latency && cost <= other.cost;
  }
};

}  // namespace

const std::string& name(const Catalog& catalog, const Pick& pick) {
  return pick.ensemble ? catalog.ensemble(*pick.ensemble).name : catalog.variant(pick.variant).name;
}

Constraints Relaxation::applied_to(Constraints c) const {
  if (min_accuracy) c.min_accuracy = min_accuracy;
  if (max_latency) c.max_latency = max_latency;
  if (max_cost) c.max_cost = max_cost;
  return c;
}

Selector::Selector(const Catalog& catalog, Duration overhead, bool machines, bool functions)
    : where_(catalog.variants().size()) {
  for (std::uint32_t v = 0; v < catalog.variants().size(); ++v) {
    variants_.push_back(best_of(catalog, VariantId{v}, overhead, machines, functions));
  }
  for (std::uint32_t e = 0; e < catalog.ensembles().size(); ++e) {
    ensembles_.push_back(together(catalog.ensembles()[e], EnsembleId{e}, variants_));
  }
  for (std::uint32_t t = 0; t < catalog.tasks().size(); ++t) {
    std::vector<Candidate> placeable;
    for (const VariantId v : catalog.task(TaskId{t}).variants) {
      if (variants_[v.index()].placeable) placeable.push_back(variants_[v.index()]);
    }
    for (const Candidate& e : ensembles_) {
      if (e.placeable && catalog.variant(e.pick.variant).task == TaskId{t}) placeable.push_back(e);
    }
    const CandidateIndex& index = tasks_.emplace_back(std::move(placeable));
    for (std::uint32_t place = 0; place < index.size(); ++place) {
      const Pick& pick = index[place].pick;
      if (!pick.ensemble) where_[pick.variant.index()] = {TaskId{t}, place};
    }
  }
}

bool Selector::meets(const Pick& pick, const Constraints& c) const {
  const Candidate& x = candidate(pick);
  return x.placeable && Bounds(c).hold(x.accuracy, x.latency, x.cost);
}

std::optional<Pick> Selector::select(TaskId task, const Constraints& c) const {
  const CandidateIndex& index = tasks_[task.index()];
  const Objective objective = c.objective.value_or(kCheapest);
  const Bounds bounds(c);
  const auto found = index.best([&](Accuracy a, Duration l, Dollars d) {
    return bounds.hold(a, l, d) ? score(objective, a, l, d) : CandidateIndex::kExcluded;
  });
  if (found == CandidateIndex::kNone) return std::nullopt;
  return index[found].pick;
}

Relaxation Selector::relaxation(const Pick& pick, const Constraints& c) const {
  const Candidate& x = candidate(pick);
  Relaxation out{pick, {}, {}, {}, Excess(Bounds(c), x.accuracy, x.latency, x.cost).total()};
  if (c.min_accuracy && x.accuracy < *c.min_accuracy) out.min_accuracy = x.accuracy;
  if (c.max_latency && x.latency > *c.max_latency) out.max_latency = x.latency;
  if (c.max_cost && x.cost > *c.max_cost) out.max_cost = x.cost;
  return out;
}

std::optional<Relaxation> Selector::closest(TaskId task, const Constraints& c) const {
  const CandidateIndex& index = tasks_[task.index()];
  const Bounds bounds(c);
  const auto found = index.best(
      [&](Accuracy a, Duration l, Dollars d) { return Excess(bounds, a, l, d).total(); });
  if (found == CandidateIndex::kNone) return std::nullopt;
  return relaxation(index[found].pick, c);
}

std::vector<Relaxation> Selector::nearest(TaskId task, const Constraints& c,
                                          std::size_t most) const {
  const CandidateIndex& index = tasks_[task.index()];
  const Bounds bounds(c);
  struct Choice {
    Excess excess;
    double total;
    std::uint32_t place;
  };
  std::vector<Choice> choices;
  for (std::uint32_t place = 0; place < index.size(); ++place) {
    const Candidate& x = index[place];
    const Excess excess(bounds, x.accuracy, x.latency, x.cost);
    choices.push_back({excess, excess.total(), place});
  }
  std::sort(choices.begin(), choices.end(), [&](const Choice& a, const Choice& b) {
    return std::tuple(a.total, index.rank(a.place)) < std::tuple(b.total, index.rank(b.place));
  });
  // Who asks for no more of any bound comes before, by the sum.
  std::vector<Choice> kept;
  for (const Choice& choice : choices) {
    if (kept.size() == most) break;
    const bool worse = std::any_of(kept.begin(), kept.end(), [&](const Choice& other) {
      return other.excess.within(choice.excess);
    });
    if (!worse) kept.push_back(choice);
  }
  std::vector<Relaxation> out;
  out.reserve(kept.size());
  for (const Choice& choice : kept) out.push_back(relaxation(index[choice.place].pick, c));
  return out;
}

std::optional<Pick> Selector::most_accurate(TaskId task) const {
  return select(task, {.min_accuracy = {},
                       .max_latency = {},
                       .max_cost = {},
                       .query_class = {},
                       .objective = kMostAccurate,
                       .best_effort = {}});
}

Limits Selector::limits(TaskId task) const {
  const CandidateIndex& index = tasks_[task.index()];
  if (index.size() == 0) return {};
  Limits best{index[0].accuracy, index[0].latency, index[0].cost};
  for (std::uint32_t place = 1; place < index.size(); ++place) {
    const Candidate& x = index[place];
    best = {std::max(best.accuracy, x.accuracy), std::min(best.latency, x.latency),
            std::min(best.cost, x.cost)};
  }
  return best;
}

void Selector::set_accuracy(VariantId variant, Accuracy accuracy) {
  variants_[variant.index()].accuracy = accuracy;
  const Where& at = where_[variant.index()];
  if (at.place != CandidateIndex::kNone) tasks_[at.task.index()].set_accuracy(at.place, accuracy);
  ++generation_;
}

}  // namespace paragon
