#include "brain/select.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "brain/meter.h"

namespace paragon {
namespace {

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

}  // namespace

Selector::Selector(const Catalog& catalog, Duration overhead, bool machines, bool functions) {
  for (std::uint32_t v = 0; v < catalog.variants().size(); ++v) {
    candidates_.push_back(best_of(catalog, VariantId{v}, overhead, machines, functions));
  }
  for (const Task& task : catalog.tasks()) {
    PerTask lists;
    for (const VariantId v : task.variants) {
      if (candidates_[v.index()].placeable) lists.by_cost.push_back(v);
    }
    lists.by_latency = lists.by_accuracy = lists.by_cost;
    const auto sort = [&](std::vector<VariantId>& list, auto key) {
      std::stable_sort(list.begin(), list.end(), [&](VariantId a, VariantId b) {
        return key(candidates_[a.index()]) < key(candidates_[b.index()]);
      });
    };
    sort(lists.by_cost, [](const Candidate& c) { return std::tuple(c.cost, c.latency); });
    sort(lists.by_latency, [](const Candidate& c) { return std::tuple(c.latency, c.cost); });
    sort(lists.by_accuracy,
         [](const Candidate& c) { return std::tuple(-c.accuracy.value, c.cost, c.latency); });
    tasks_.push_back(std::move(lists));
  }
}

bool Selector::meets(VariantId variant, const Constraints& c) const {
  const Candidate& candidate = candidates_[variant.index()];
  return candidate.placeable && !(c.min_accuracy && candidate.accuracy < *c.min_accuracy) &&
         !(c.max_latency && candidate.latency > *c.max_latency) &&
         !(c.max_cost && candidate.cost > *c.max_cost);
}

std::optional<VariantId> Selector::select(TaskId task, const Constraints& c) const {
  const PerTask& lists = tasks_[task.index()];
  const Objective objective = c.objective.value_or(kCheapest);
  const std::vector<VariantId>* sorted = objective == kCheapest       ? &lists.by_cost
                                         : objective == kFastest      ? &lists.by_latency
                                         : objective == kMostAccurate ? &lists.by_accuracy
                                                                      : nullptr;
  if (sorted != nullptr) {
    for (const VariantId v : *sorted) {
      if (meets(v, c)) return v;
    }
    return std::nullopt;
  }
  std::optional<VariantId> best;
  double best_score = std::numeric_limits<double>::infinity();
  for (const VariantId v : lists.by_cost) {
    if (!meets(v, c)) continue;
    const Candidate& x = candidates_[v.index()];
    const double score = objective.cost * x.cost.value + objective.latency * seconds(x.latency) -
                         objective.accuracy * x.accuracy.value;
    if (score < best_score) {
      best_score = score;
      best = v;
    }
  }
  return best;
}

std::optional<VariantId> Selector::most_accurate(TaskId task) const {
  const std::vector<VariantId>& list = tasks_[task.index()].by_accuracy;
  return list.empty() ? std::nullopt : std::optional(list.front());
}

Limits Selector::limits(TaskId task) const {
  const PerTask& lists = tasks_[task.index()];
  if (lists.by_cost.empty()) return {};
  return {candidates_[lists.by_accuracy.front().index()].accuracy,
          candidates_[lists.by_latency.front().index()].latency,
          candidates_[lists.by_cost.front().index()].cost};
}

}  // namespace paragon
