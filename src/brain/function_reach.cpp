#include "brain/function_reach.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "brain/meter.h"

namespace paragon {
namespace {

double score(const Objective& objective, Dollars price, Duration latency, Accuracy accuracy) {
  return objective.cost * price.value + objective.latency * seconds(latency) -
         objective.accuracy * accuracy.value;
}

}  // namespace

FunctionReach::FunctionReach(const Catalog& catalog, const FunctionTerms& terms, Duration overhead)
    : by_variant_(catalog.variants().size()), by_task_(catalog.tasks().size()) {
  for (std::uint32_t v = 0; v < catalog.variants().size(); ++v) {
    const VariantId variant{v};
    std::vector<Way> all;
    for (std::uint32_t o = 0; o < catalog.function_offers().size(); ++o) {
      const CallTerms& call = terms.on(variant, FunctionOfferId{o});
      if (!call.usable) continue;
      all.push_back({variant, catalog.variant(variant).accuracy.top1, call.slowest + overhead,
                     call_price(catalog.offer(FunctionOfferId{o}), call.high)});
    }
    std::stable_sort(all.begin(), all.end(), [](const Way& a, const Way& b) {
      return std::tuple(a.price, a.latency) < std::tuple(b.price, b.latency);
    });
    std::vector<Way>& ways = by_variant_[v];
    for (const Way& way : all) {
      if (ways.empty() || way.latency < ways.back().latency) ways.push_back(way);
    }
    std::vector<Way>& of_task = by_task_[catalog.variant(variant).task.index()];
    of_task.insert(of_task.end(), ways.begin(), ways.end());
  }
  for (std::vector<Way>& ways : by_task_) rank(ways);
}

void FunctionReach::rank(std::vector<Way>& ways) {
  std::sort(ways.begin(), ways.end(), [](const Way& a, const Way& b) {
    return std::tuple(-a.accuracy.value, a.price, a.latency, a.variant.index()) <
           std::tuple(-b.accuracy.value, b.price, b.latency, b.variant.index());
  });
}

void FunctionReach::set_accuracy(VariantId variant, Accuracy accuracy) {
  for (std::vector<Way>& ways : by_task_) {
    bool found = false;
    for (Way& way : ways) {
      if (way.variant != variant) continue;
      way.accuracy = accuracy;
      found = true;
    }
    if (found) return rank(ways);
  }
}

bool FunctionReach::fits(const Way& way, const Constraints& c) {
  return !(c.min_accuracy && way.accuracy < *c.min_accuracy) &&
         !(c.max_latency && way.latency > *c.max_latency) &&
         !(c.max_cost && way.price > *c.max_cost);
}

bool FunctionReach::meets(VariantId variant, const Constraints& constraints) const {
  Constraints c = constraints;
  c.min_accuracy.reset();
  const std::vector<Way>& ways = by_variant_[variant.index()];
  return std::any_of(ways.begin(), ways.end(), [&](const Way& way) { return fits(way, c); });
}

std::optional<VariantId> FunctionReach::best(TaskId task, const Constraints& c) const {
  const Objective objective = c.objective.value_or(kCheapest);
  const std::vector<Way>& ways = by_task_[task.index()];
  const Way* best = nullptr;
  double best_score = std::numeric_limits<double>::infinity();
  for (const Way& way : ways) {
    if (!fits(way, c)) continue;
    if (objective == kMostAccurate) return way.variant;
    const double s = score(objective, way.price, way.latency, way.accuracy);
    const bool tie = best != nullptr && s == best_score &&
                     std::tuple(way.price, way.latency, way.variant.index()) <
                         std::tuple(best->price, best->latency, best->variant.index());
    if (s < best_score || tie) {
      best = &way;
      best_score = s;
    }
  }
  return best == nullptr ? std::nullopt : std::optional(best->variant);
}

}  // namespace paragon
