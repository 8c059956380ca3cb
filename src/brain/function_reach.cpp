#include "brain/function_reach.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "brain/bounds.h"
#include "brain/meter.h"

namespace paragon {
namespace {

// What a slow answer of the variant takes and costs on each size that is worth having for it: each
// dearer one is quicker.
void add_sizes(const Catalog& catalog, VariantId variant, const FunctionTerms& terms,
               Duration overhead, std::vector<Candidate>& to) {
  std::vector<Candidate> all;
  for (std::uint32_t o = 0; o < catalog.function_offers().size(); ++o) {
    const CallTerms& call = terms.on(variant, FunctionOfferId{o});
    if (!call.usable) continue;
    all.push_back({variant, catalog.variant(variant).accuracy.top1, call.slowest + overhead,
                   call_price(catalog.offer(FunctionOfferId{o}), call.high), true});
  }
  std::stable_sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    return std::tuple(a.cost, a.latency) < std::tuple(b.cost, b.latency);
  });
  Duration quickest = Duration::max();
  for (const Candidate& size : all) {
    if (size.latency >= quickest) continue;
    quickest = size.latency;
    to.push_back(size);
  }
}

}  // namespace

FunctionReach::FunctionReach(const Catalog& catalog, const FunctionTerms& terms, Duration overhead)
    : where_(catalog.variants().size()) {
  std::vector<std::vector<Candidate>> by_task(catalog.tasks().size());
  for (std::uint32_t v = 0; v < catalog.variants().size(); ++v) {
    where_[v].task = catalog.variant(VariantId{v}).task;
    add_sizes(catalog, VariantId{v}, terms, overhead, by_task[where_[v].task.index()]);
  }
  for (std::vector<Candidate>& candidates : by_task) {
    const CandidateIndex& index = tasks_.emplace_back(std::move(candidates));
    for (std::uint32_t place = 0; place < index.size(); ++place) {
      where_[index[place].pick.variant.index()].places.push_back(place);
    }
  }
}

void FunctionReach::set_accuracy(VariantId variant, Accuracy accuracy) {
  const Where& at = where_[variant.index()];
  for (const std::uint32_t place : at.places) {
    tasks_[at.task.index()].set_accuracy(place, accuracy);
  }
}

bool FunctionReach::meets(VariantId variant, const Constraints& constraints) const {
  const Bounds bounds(constraints);
  const Where& at = where_[variant.index()];
  const CandidateIndex& index = tasks_[at.task.index()];
  return std::any_of(at.places.begin(), at.places.end(), [&](std::uint32_t place) {
    return bounds.hold(index[place].latency, index[place].cost);
  });
}

std::optional<VariantId> FunctionReach::best(TaskId task, const Constraints& constraints) const {
  const CandidateIndex& index = tasks_[task.index()];
  const Objective objective = constraints.objective.value_or(kCheapest);
  const Bounds bounds(constraints);
  const auto found = index.best([&](Accuracy a, Duration l, Dollars d) {
    return bounds.hold(a, l, d) ? score(objective, a, l, d) : CandidateIndex::kExcluded;
  });
  if (found == CandidateIndex::kNone) return std::nullopt;
  return index[found].pick.variant;
}

}  // namespace paragon
