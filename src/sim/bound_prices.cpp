#include "sim/bound_prices.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

namespace paragon::sim {
namespace {

// By window: the least price from there over `span` windows.
std::vector<double> least_ahead(const std::vector<double>& price, std::size_t span) {
  std::vector<double> least(price.size());
  std::deque<std::size_t> rising;  // prices rise towards the back
  for (std::size_t i = price.size(); i-- > 0;) {
    while (!rising.empty() && price[rising.front()] >= price[i]) rising.pop_front();
    rising.push_front(i);
    while (rising.back() >= i + span) rising.pop_back();
    least[i] = price[rising.back()];
  }
  return least;
}

}  // namespace

Start::Start(const Catalog& catalog, const Liberty& liberty) {
  for (const MachineOffer& offer : catalog.machine_offers()) {
    if (!liberty.may_buy(offer)) continue;
    const Delay& delay = offer.provisioning_delay;
    // Nine in ten take longer.
    const Duration quick = from_seconds(seconds(delay.median) * std::exp(-1.282 * delay.sigma));
    until_ = delays_.empty() ? quick : std::min(until_, quick);
    delays_.push_back(delay);
  }
}

double Start::boot(double price) const {
  double least = delays_.empty() ? 0 : std::numeric_limits<double>::infinity();
  for (const Delay& delay : delays_) {
    least = std::min(least, least_mean_boot(delay, until_, std::max(0.0, price - 1)));
  }
  return least;
}

void make_sound(ShadowPrices& prices, const Start& start, Pass pass) {
  const double length = prices.windows.seconds();
  const auto free_until = std::min(prices.price.size(),
                                   static_cast<std::size_t>(start.until() / prices.windows.length));
  double highest = 1;
  for (std::size_t i = 0; i < free_until; ++i) highest = std::max(highest, prices.price[i]);
  // A high price at the start must not eat up the boot.
  while (highest > 1 && start.boot(highest) < 0.9 * start.boot(1)) {
    highest = highest < 1.01 ? 1 : 1 + (highest - 1) * 0.8;
  }
  for (std::size_t i = 0; i < free_until; ++i) {
    prices.price[i] = std::clamp(prices.price[i], 0.0, highest);
  }
  const double allowed = start.boot(highest);
  double earned = 0;  // more than its running cost, by the lease that does best up to here
  for (std::size_t i = free_until; i < prices.price.size(); ++i) {
    const std::size_t at = pass == Pass::forwards ? i : free_until + prices.price.size() - 1 - i;
    double& price = prices.price[at];
    price = std::clamp(price, 0.0, 1 + (allowed - earned) / length);
    earned = std::max(0.0, earned + (price - 1) * length);
  }
}

Result<Proven> prove(const Scenario& scenario, const LeastCosts& costs, const ShadowPrices& prices,
                     const Start& start) {
  const Windows& windows = prices.windows;
  struct Lookup {  // of one kind: by window, the least price over its span and over one more
    std::size_t span = 0;
    std::vector<double> less;
    std::vector<double> more;
  };
  std::vector<Lookup> lookups;
  for (const LeastCosts::Kind& kind : costs.kinds()) {
    const std::size_t span = kind.deadline == Duration::max()
                                 ? windows.count
                                 : static_cast<std::size_t>(kind.deadline / windows.length) + 1;
    lookups.push_back({span, least_ahead(prices.price, span), least_ahead(prices.price, span + 1)});
  }

  Proven proven;
  const Status read =
      each_query(scenario, costs, [&](Time arrival, std::uint32_t kind, std::uint32_t quantile) {
        const LeastCosts::Least least = costs.least(kind, quantile);
        ++proven.requests;
        const Duration deadline = costs.kinds()[kind].deadline;
        const bool before_machines =
            deadline < start.until() - arrival.time_since_epoch();  // no sum: it may be the longest
        if (std::isinf(least.call) && (std::isinf(least.work) || before_machines)) {
          ++proven.hopeless;
          return;
        }
        const Lookup& look = lookups[kind];
        const std::size_t first = windows.of(arrival);
        const bool more = windows.last(arrival, deadline) - first + 1 > look.span;
        double price = (more ? look.more : look.less)[first];
        // Without a deadline it may as well wait for a machine after the load, at what that costs.
        if (deadline == Duration::max()) price = std::min(price, 1.0);
        const double on_machines = std::isinf(least.work) ? least.work : least.work * price;
        if (on_machines <= least.call) {
          proven.machines += on_machines;
        } else {
          proven.functions += least.call;
        }
      });
  if (!read) return read.error();
  return proven;
}

}  // namespace paragon::sim
