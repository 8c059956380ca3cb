// Which function could serve a query, and until when it may wait before it must leave for one.
#include <algorithm>

#include "brain/brain_impl.h"

namespace paragon {

// Whether the variant fits and the query would pay what a call is expected to cost.
bool Brain::Impl::affordable(const Flight& f, FunctionOfferId offer) const {
  const CallTerms& terms = function_terms.on(f.on_function, offer);
  return terms.usable && terms.price <= f.max_cost;
}

Brain::Impl::FunctionChoice Brain::Impl::find_function(const Flight& f, Time now) {
  FunctionChoice best;
  if (!settings.functions) return best;
  for (std::uint32_t i = 0; i < catalog.function_offers().size(); ++i) {
    const FunctionOfferId id{i};
    if (!functions.has_room(id) || !affordable(f, id)) continue;
    const CallTerms& terms = function_terms.on(f.on_function, id);
    FunctionChoice c;
    c.offer = id;
    c.price = terms.price;
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

// How long before its deadline the query must leave for a function. Nothing can make up for a slow
// answer then, so this counts with the slowest, not with one that is merely slow. Where enough
// environments are warm it counts on one of them: those that wait now leave over about the time
// that this one has, so of them only the share that a call takes of it runs at once (twice that, to
// be safe). Else it counts a cold start, if there is time for one.
std::optional<Duration> Brain::Impl::function_lead(const Flight& f, Time now) const {
  if (!settings.functions || f.deadline == kNever) return std::nullopt;
  std::optional<Duration> cold;
  std::optional<Duration> warm;
  int idle = 0;
  for (std::uint32_t i = 0; i < catalog.function_offers().size(); ++i) {
    const FunctionOfferId id{i};
    if (!affordable(f, id)) continue;
    const CallTerms& terms = function_terms.on(f.on_function, id);
    const Duration run = terms.slowest + settings.overhead;
    const Duration start = run + terms.cold_start;
    if (!cold || start < *cold) cold = start;
    if (functions.warm(f.on_function, id, now) && (!warm || run < *warm)) {
      warm = run;
      idle = functions.warm_until(f.on_function, id, f.deadline);
    }
  }
  if (warm) {
    const double at_once = static_cast<double>(waiting.size()) * seconds(*warm) /
                           std::max(seconds(*warm), seconds(f.deadline - now));
    if (idle > 1 + 2 * at_once) return warm;
  }
  if (cold && f.deadline - *cold < now && warm) return warm;
  return cold;
}

// The same for who may count on a warm environment of the function that costs the least. A cold
// start is allowed for where it takes little of the time there is.
std::optional<Duration> Brain::Impl::warm_lead(const Flight& f) const {
  if (!settings.functions || f.deadline == kNever) return std::nullopt;
  const Duration whole = f.deadline - f.arrived;
  std::optional<Duration> lead;
  Dollars least;
  for (std::uint32_t i = 0; i < catalog.function_offers().size(); ++i) {
    const FunctionOfferId id{i};
    if (!affordable(f, id)) continue;
    const CallTerms& terms = function_terms.on(f.on_function, id);
    const Duration run = terms.slowest + settings.overhead;
    if (run > whole || (lead && terms.price >= least)) continue;
    lead = terms.cold_start <= whole / 8 ? run + terms.cold_start : run;
    least = terms.price;
  }
  return lead;
}

}  // namespace paragon
