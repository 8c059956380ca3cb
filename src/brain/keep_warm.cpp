// Keeping functions warm: as many warm-up calls as it takes that the wanted number of environments
// can answer without a cold start.
//
// A cloud gives a call to an idle environment where it has one, the last used first. So one that
// has been idle for long, or one more than there are, is reached only while all others are busy:
// where any is missing or about to expire, calls go out for all that are not busy, at once. They
// cost next to nothing (a few milliseconds each), and all expire at the same time afterwards, so
// that this happens about once in a keep_alive.
#include <algorithm>

#include "brain/brain_impl.h"

namespace paragon {

void Brain::Impl::keep_warm(std::span<const WarmTarget> targets, Time now) {
  if (!settings.functions) return;
  for (const WarmTarget& target : targets) {
    if (!catalog.profile(target.variant, target.offer).usable) continue;
    const Duration keep_alive = catalog.offer(target.offer).keep_alive;
    // Early enough that a late tick does no harm; but one just used is never renewed.
    const Duration early = std::min(std::max(2 * settings.tick, keep_alive / 10), keep_alive / 2);
    const int busy = functions.busy(target.variant, target.offer);
    const int idle = functions.warm_until(target.variant, target.offer, now + early);
    if (busy + idle >= target.environments) continue;
    for (int calls = target.environments - busy; calls > 0; --calls) {
      if (!warm_up(target.variant, target.offer, now)) break;
    }
  }
}

// False: a limit of the cloud or the budget forbids it.
bool Brain::Impl::warm_up(VariantId variant, FunctionOfferId offer, Time now) {
  if (!functions.has_room(offer) || !functions.may_start(offer, now)) return false;
  const CallTerms& terms = function_terms.on(variant, offer);
  if (!budget.allows_call(terms.at_most, now)) return false;
  const std::uint32_t row = flights.open();
  Flight& f = flights[row];
  f.place = Flight::Place::warm_up;
  f.on_function = variant;
  f.function = offer;
  f.arrived = f.started = now;
  f.reserved = terms.at_most;
  f.decision = decide();
  f.environment = functions.take(variant, offer, now);
  budget.reserve(terms.at_most);
  ++counters.warm_ups_running;
  orders.emplace_back(Warm{flights.id(row), f.decision, offer, variant, terms.timeout});
  return true;
}

void Brain::Impl::end_warm_up(std::uint32_t row, const Outcome& outcome, Time now) {
  const Flight& f = flights[row];
  const bool answered = outcome.ending == Ending::answered;
  functions.give_back(f.on_function, f.function, f.environment, answered && !outcome.provisioned,
                      now);
  Dollars spent;
  if (outcome.billed > Duration::zero() || answered) {
    meter.function_warmed(f.function, {outcome.billed, outcome.cold, outcome.provisioned});
    spent = call_price(catalog.offer(f.function), outcome.billed, outcome.provisioned);
  }
  budget.settle(f.reserved, spent, now);
  // What the world ran in it, if anything, was not the start.
  if (answered && outcome.cold) {
    estimates.learn_cold_start(f.on_function, f.function,
                               std::max(Duration::zero(), now - f.started - outcome.service));
    function_terms.update(f.on_function, f.function);
  }
  --counters.warm_ups_running;
  flights.close(row);
}

}  // namespace paragon
