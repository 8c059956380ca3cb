// What a query asks for, with its task's defaults, and the variant or ensemble that answers it.
#include <algorithm>

#include "brain/brain_impl.h"

namespace paragon {

Constraints Brain::Impl::complete(const Query& query) const {
  Constraints c = query.constraints;
  const Constraints& d = catalog.task(query.task).defaults;
  if (!c.max_latency) c.max_latency = d.max_latency;
  if (!c.query_class) c.query_class = d.query_class;
  if (!c.best_effort) c.best_effort = d.best_effort;
  if (query.pinned) return c;  // who names a variant has settled accuracy, cost and objective
  if (!c.min_accuracy) c.min_accuracy = d.min_accuracy;
  if (!c.max_cost) c.max_cost = d.max_cost;
  if (!c.objective) c.objective = d.objective;
  return c;
}

QueryClass Brain::Impl::classify(const Constraints& c, const Pick& pick) const {
  if (c.query_class) return *c.query_class;
  if (!c.max_latency) return QueryClass::relaxed;
  const Duration needed = selector.candidate(pick).latency;
  const double slack = seconds(*c.max_latency - needed);
  return slack > settings.relaxed_slack * seconds(needed) ? QueryClass::relaxed
                                                          : QueryClass::strict;
}

std::optional<Pick> Brain::Impl::choose(const Query& query, Constraints& constraints) const {
  const bool best_effort = constraints.best_effort.value_or(false);
  if (query.pinned) {
    if (selector.meets(*query.pinned, query.constraints)) return query.pinned;
    if (!best_effort || !selector.candidate(*query.pinned).placeable) return std::nullopt;
    const Relaxation relaxation = selector.relaxation(*query.pinned, query.constraints);
    constraints = relaxation.applied_to(constraints);
    return query.pinned;
  }
  if (settings.selection == Selection::naive) {
    // It is unaware of the bounds; the deadline alone stays, to be measured.
    constraints.min_accuracy.reset();
    constraints.max_cost.reset();
    return selector.most_accurate(query.task);
  }
  const std::optional<Pick> best = selector.select(query.task, constraints);
  if (best || !best_effort) return best;
  const std::optional<Relaxation> nearest = selector.closest(query.task, constraints);
  if (!nearest) return std::nullopt;
  constraints = nearest->applied_to(constraints);
  return nearest->pick;
}

VariantId Brain::Impl::choose_on_function(const Query& query, VariantId chosen,
                                          const Constraints& constraints) const {
  const bool settled = query.pinned || settings.selection == Selection::naive;
  if (settled || reach.meets(chosen, constraints)) return chosen;
  return reach.best(query.task, constraints).value_or(chosen);
}

Selected Brain::Impl::select(const Query& query) const {
  Constraints constraints = complete(query);
  const std::optional<Pick> pick = choose(query, constraints);
  if (!pick) return {};
  // An ensemble's members decide for themselves, each as a query of its own.
  const VariantId on_function =
      pick->ensemble ? pick->variant : choose_on_function(query, pick->variant, constraints);
  return {pick, on_function, classify(constraints, *pick), constraints.max_latency,
          constraints.max_cost};
}

Query Brain::member(const Query& query, EnsembleId ensemble, std::size_t which) const {
  const Selected selected = impl_->select(query);
  const Ensemble& all = impl_->catalog.ensemble(ensemble);
  const VariantId variant = all.members[which];
  Query member;
  member.task = query.task;
  member.pinned = variant;
  member.constraints.max_latency = selected.max_latency;
  member.constraints.query_class = selected.query_class;
  member.constraints.best_effort = false;
  if (selected.max_cost) {
    // In proportion to what each costs, and never under that: rounding must not refuse it.
    const Dollars together = impl_->selector.candidate({ensemble, variant}).cost;
    const Dollars own = impl_->selector.candidate(variant).cost;
    const double room = together.value > 0 ? *selected.max_cost / together : 1;
    member.constraints.max_cost = own * std::max(1.0, room);
  }
  return member;
}

}  // namespace paragon
