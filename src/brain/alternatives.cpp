#include "brain/alternatives.h"

#include <algorithm>

#include "brain/brain_impl.h"

namespace paragon {

const char* name(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::none:
      return "none";
    case Obstacle::accuracy:
      return "accuracy";
    case Obstacle::cost:
      return "cost";
    case Obstacle::latency:
      return "latency";
    case Obstacle::no_free_slot:
      return "no_free_slot";
    case Obstacle::booting:
      return "booting";
    case Obstacle::no_machine:
      return "no_machine";
    case Obstacle::concurrency:
      return "concurrency";
    case Obstacle::budget:
      return "budget";
  }
  return "?";
}

// What the bounds say of it, once its own cost and latency are known.
Obstacle Brain::Impl::against_bounds(const Alternative& a, const Constraints& c) const {
  if (c.min_accuracy && a.accuracy < *c.min_accuracy) return Obstacle::accuracy;
  if (c.max_cost && a.cost > *c.max_cost) return Obstacle::cost;
  if (c.max_latency && a.latency > *c.max_latency) return Obstacle::latency;
  return Obstacle::none;
}

Alternative Brain::Impl::on_machine(VariantId variant, const MachineCount& count,
                                    const Flight& flight, const Constraints& constraints,
                                    Time now) const {
  const MachineOfferId offer = count.offer;
  const Duration service = estimates.on(variant, offer).mean();
  const double share = fleet.share_of_whole(variant, offer);
  Alternative a{.variant = variant,
                .machine = offer,
                .function = {},
                .accuracy = selector.candidate(variant).accuracy,
                .latency = service + settings.overhead,
                .cost = catalog.offer(offer).price * service * share};
  Obstacle busy = Obstacle::none;
  if (count.ready + count.booting == 0) {
    busy = Obstacle::no_machine;
  } else if (count.ready == 0) {
    busy = Obstacle::booting;
    a.latency += std::max(Duration::zero(), fleet.next_expected() - now);
  } else if (fleet.free_machine(variant, offer) == kNoRow) {
    busy = Obstacle::no_free_slot;
    const Time free_at = machine_free_at(flight, now);
    a.latency += free_at == kNever ? Duration::zero() : free_at - now;
  }
  a.obstacle = against_bounds(a, constraints);
  if (a.obstacle == Obstacle::none) a.obstacle = busy;
  if (busy == Obstacle::no_machine) a.latency = Duration::max();
  return a;
}

Alternative Brain::Impl::on_function(VariantId variant, FunctionOfferId offer,
                                     const Constraints& constraints, Time now) const {
  const CallTerms& terms = function_terms.on(variant, offer);
  Alternative a{.variant = variant,
                .machine = {},
                .function = offer,
                .accuracy = selector.candidate(variant).accuracy,
                .latency = terms.high + settings.overhead,
                .cost = expected_price(variant, offer),
                .cold = !functions.warm(variant, offer, now)};
  if (a.cold) a.latency += terms.cold_start;
  a.obstacle = against_bounds(a, constraints);
  const bool room = functions.has_room(offer) && (!a.cold || functions.may_start(offer, now));
  if (a.obstacle == Obstacle::none && !room) a.obstacle = Obstacle::concurrency;
  Budget asked = budget;  // asking moves its hour on
  if (a.obstacle == Obstacle::none && !asked.allows_call(terms.at_most, now)) {
    a.obstacle = Obstacle::budget;
  }
  return a;
}

std::vector<Relaxation> Brain::nearest(const Query& query) const {
  const Selector& selector = impl_->selector;
  if (query.pinned) {
    if (!selector.candidate(*query.pinned).placeable) return {};
    const Relaxation its = selector.relaxation(*query.pinned, query.constraints);
    return its.none() ? std::vector<Relaxation>{} : std::vector<Relaxation>{its};
  }
  const Constraints asked = impl_->complete(query);
  const bool heeded = impl_->settings.selection != Selection::naive;
  if (!heeded || selector.select(query.task, asked)) return {};
  return selector.nearest(query.task, asked);
}

Alternatives Brain::alternatives(const Query& query, Time now) const {
  const Impl& brain = *impl_;
  Alternatives all;
  all.asked = all.constraints = brain.complete(query);
  all.chosen = brain.choose(query, all.constraints);
  all.nearest = nearest(query);
  Flight flight;
  if (all.constraints.max_cost) flight.bound_cost(*all.constraints.max_cost);
  flight.variant = all.chosen.value_or(Pick{}).variant;
  if (all.chosen) {
    flight.query_class = all.query_class = brain.classify(all.constraints, *all.chosen);
  }
  if (all.constraints.max_latency) flight.deadline = now + *all.constraints.max_latency;

  std::vector<VariantId> variants;
  if (query.pinned) {
    variants.push_back(*query.pinned);
  } else {
    variants = brain.catalog.task(query.task).variants;
  }
  std::stable_sort(variants.begin(), variants.end(), [&](VariantId a, VariantId b) {
    return brain.selector.candidate(a).cost < brain.selector.candidate(b).cost;
  });
  for (const VariantId v : variants) {
    flight.variant = v;
    for (const MachineCount& count : brain.fleet.counts()) {
      if (brain.settings.machines_max == 0 || brain.fleet.share(v, count.offer) == 0) continue;
      all.list.push_back(brain.on_machine(v, count, flight, all.constraints, now));
    }
    for (std::uint32_t o = 0;
         brain.settings.functions && o < brain.catalog.function_offers().size(); ++o) {
      if (!brain.catalog.profile(v, FunctionOfferId{o}).usable) continue;
      all.list.push_back(brain.on_function(v, FunctionOfferId{o}, all.constraints, now));
    }
  }
  return all;
}

const View& Brain::view() const { return impl_->view; }

std::span<const Target> Brain::wanted() const { return impl_->last_wanted; }

std::string Brain::why_wanted() const {
  return catalog().machine_offers().empty() ? "" : impl_->scheme->why(impl_->view);
}

}  // namespace paragon
