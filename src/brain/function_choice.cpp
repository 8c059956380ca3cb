// Which function could serve a query, and until when it may wait before it must leave for one.
#include <algorithm>

#include "brain/brain_impl.h"

namespace paragon {

// Whether the variant fits and the query would pay what a call is expected to cost.
bool Brain::Impl::affordable(const Flight& f, FunctionOfferId offer) const {
  const CallTerms& terms = function_terms.on(f.on_function, offer);
  return terms.usable && (!f.has_cost_bound || terms.price <= f.cost_bound);
}

Dollars Brain::Impl::expected_price(VariantId variant, FunctionOfferId offer) const {
  const CallTerms& terms = function_terms.on(variant, offer);
  return functions.provisioned_free(variant, offer) ? terms.provisioned : terms.price;
}

Brain::Impl::FunctionChoice Brain::Impl::find_function(const Flight& f, Time now) {
  FunctionChoice best;
  if (!settings.functions) return best;
  const auto offers = static_cast<std::uint32_t>(catalog.function_offers().size());
  for (std::uint32_t i = 0; i < offers; ++i) {
    const FunctionOfferId id{i};
    if (!functions.has_room(id) || !affordable(f, id)) continue;
    const CallTerms& terms = function_terms.on(f.on_function, id);
    FunctionChoice c;
    c.offer = id;
    c.price = expected_price(f.on_function, id);
    c.cold = !functions.warm(f.on_function, id, now);
    if (c.cold && !functions.may_start(id, now)) continue;
    c.latency = terms.high + (c.cold ? terms.cold_start : Duration::zero());
    c.in_time = in_time(f, now + c.latency + settings.overhead);
    c.timeout = terms.timeout;
    c.at_most = terms.at_most;
    if (!budget.allows_call(c.at_most, now)) {
      best.over_budget = true;
      continue;
    }
    const bool better = !best.found || (c.in_time != best.in_time ? c.in_time
                                        : c.in_time               ? c.price < best.price
                                                                  : c.latency < best.latency);
    if (!better) continue;
    c.found = true;
    c.over_budget = best.over_budget;
    best = c;
  }
  return best;
}

// Until when the query may wait before it leaves for a function. Nothing can make up for a slow
// answer then, so this counts with the slowest, not with one that is merely slow. Where enough
// environments are warm it counts on one of them: those that wait now leave over about the time
// that this one has, so of them only the share that a call takes of it runs at once (twice that, to
// be safe). Else it counts a cold start, if there is time for one.
Time Brain::Impl::last_moment(const Flight& f, Time now) const {
  if (!settings.functions || f.deadline == kNever) return kNever;
  constexpr Duration kNone = Duration::max();
  Duration cold = kNone;
  Duration warm = kNone;
  FunctionOfferId warm_on;
  const auto offers = static_cast<std::uint32_t>(catalog.function_offers().size());
  for (std::uint32_t i = 0; i < offers; ++i) {
    const FunctionOfferId id{i};
    if (!affordable(f, id)) continue;
    const CallTerms& terms = function_terms.on(f.on_function, id);
    const Duration run = terms.slowest + settings.overhead;
    cold = std::min(cold, run + terms.cold_start);
    if (run >= warm || !functions.warm(f.on_function, id, now)) continue;
    warm = run;
    warm_on = id;
  }
  if (cold == kNone) return kNever;
  if (warm != kNone) {
    const double at_once = static_cast<double>(waiting.size()) * seconds(warm) /
                           std::max(seconds(warm), seconds(f.deadline - now));
    const int idle = functions.warm_until(f.on_function, warm_on, f.deadline);
    if (idle > 1 + 2 * at_once || f.deadline - cold < now) return f.deadline - warm;
  }
  return f.deadline - cold;
}

// The same for who may count on a warm environment of the function that costs the least. A cold
// start is allowed for where it takes little of the time there is.
Time Brain::Impl::last_warm_moment(const Flight& f) const {
  if (!settings.functions || f.deadline == kNever) return kNever;
  const Duration whole = f.deadline - f.arrived;
  Time moment = kNever;
  Dollars least;
  const auto offers = static_cast<std::uint32_t>(catalog.function_offers().size());
  for (std::uint32_t i = 0; i < offers; ++i) {
    const FunctionOfferId id{i};
    if (!affordable(f, id)) continue;
    const CallTerms& terms = function_terms.on(f.on_function, id);
    const Duration run = terms.slowest + settings.overhead;
    if (run > whole || (moment != kNever && terms.price >= least)) continue;
    moment = f.deadline - (terms.cold_start <= whole / 8 ? run + terms.cold_start : run);
    least = terms.price;
  }
  return moment;
}

}  // namespace paragon
