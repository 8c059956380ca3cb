// Which function could serve a query, and until when it may wait before it must leave for one.
#include <algorithm>

#include "brain/brain_impl.h"

namespace paragon {
namespace {

constexpr Duration kCallShortest = std::chrono::seconds(1);
constexpr Duration kCallLongest = std::chrono::seconds(60);

}  // namespace

// What a call is expected to cost; nothing where the variant does not fit or the query would not
// pay.
std::optional<Dollars> Brain::Impl::affordable(const Flight& f, FunctionOfferId offer) const {
  if (!catalog.profile(f.variant, offer).usable) return std::nullopt;
  const Dollars price = call_price(catalog.offer(offer), estimates.on(f.variant, offer).mean());
  if (price > f.max_cost) return std::nullopt;
  return price;
}

// What a call may take at most, and so what the budget must hold ready for it.
Duration Brain::Impl::call_timeout(VariantId variant, FunctionOfferId offer) const {
  return std::clamp(
      8 * estimates.on(variant, offer).high() + 2 * estimates.cold_start(variant, offer),
      kCallShortest, kCallLongest);
}

Brain::Impl::FunctionChoice Brain::Impl::find_function(const Flight& f, Time now) {
  FunctionChoice best;
  if (!settings.functions) return best;
  for (std::uint32_t i = 0; i < catalog.function_offers().size(); ++i) {
    const FunctionOfferId id{i};
    const std::optional<Dollars> price = functions.has_room(id) ? affordable(f, id) : std::nullopt;
    if (!price) continue;
    const Estimate& service = estimates.on(f.variant, id);
    const Duration start = estimates.cold_start(f.variant, id);
    FunctionChoice c;
    c.offer = id;
    c.price = *price;
    c.cold = !functions.warm(f.variant, id, now);
    c.latency = service.high() + (c.cold ? start : Duration::zero());
    c.in_time = in_time(f, now + c.latency + settings.overhead);
    c.timeout = call_timeout(f.variant, id);
    c.at_most = call_price(catalog.offer(id), c.timeout);
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

// How long before its deadline the query must leave for a function. Where enough environments are
// warm it counts on one of them: those that wait now leave over about the time that this one has,
// so of them only the share that a call takes of it runs at once (twice that, to be safe). Else it
// counts a cold start, if there is time for one.
std::optional<Duration> Brain::Impl::function_lead(const Flight& f, Time now) const {
  if (!settings.functions || f.deadline == kNever) return std::nullopt;
  std::optional<Duration> cold;
  std::optional<Duration> warm;
  int idle = 0;
  for (std::uint32_t i = 0; i < catalog.function_offers().size(); ++i) {
    const FunctionOfferId id{i};
    if (!affordable(f, id)) continue;
    const Duration run = estimates.on(f.variant, id).high() + settings.overhead;
    const Duration start = run + estimates.cold_start(f.variant, id);
    if (!cold || start < *cold) cold = start;
    if (functions.warm(f.variant, id, now) && (!warm || run < *warm)) {
      warm = run;
      idle = functions.warm_until(f.variant, id, f.deadline);
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

// The same for who may count on a warm environment of the function that costs the least. A call at
// the last moment must not be late for a slow answer, so twice the usual margin; and a cold start
// is allowed for where it takes little of the time there is.
std::optional<Duration> Brain::Impl::warm_lead(const Flight& f) const {
  if (!settings.functions || f.deadline == kNever) return std::nullopt;
  const Duration whole = f.deadline - f.arrived;
  std::optional<Duration> lead;
  Dollars least;
  for (std::uint32_t i = 0; i < catalog.function_offers().size(); ++i) {
    const FunctionOfferId id{i};
    const std::optional<Dollars> price = affordable(f, id);
    if (!price) continue;
    const Estimate& service = estimates.on(f.variant, id);
    const Duration run = 2 * service.high() - service.mean() + settings.overhead;
    if (run > whole || (lead && *price >= least)) continue;
    const Duration start = estimates.cold_start(f.variant, id);
    lead = start <= whole / 8 ? run + start : run;
    least = *price;
  }
  return lead;
}

}  // namespace paragon
