#include "brain/schemes/markets.h"

#include <algorithm>
#include <cmath>

namespace paragon {
namespace {

// A market may cost this much more than the cheapest and still be one to spread over.
constexpr double kSpread = 1.3;
// Machines that do between this and its inverse of the base's work count as one machine's worth.
constexpr double kSameSize = 0.8;
// Another market must be cheaper by this before machines change over.
constexpr double kWorthChanging = 0.9;
// Without functions an interruption leaves queries unserved: spot carries half at most.
constexpr double kSpotWithoutFunctions = 0.5;
// Queries that wait fill what the demand leaves idle, so a machine is busier than the demand says;
// an on-demand one costs no more for it, a burstable one does. That is not held against one that
// stands already: changing over must be worth a boot.
constexpr double kBusier = 0.25;
// A burstable machine that only slows down, rather than pay, must stay clear of its baseline.
constexpr double kClearOfBaseline = 0.8;

Dollars a_second(HourlyPrice price) { return price * std::chrono::seconds(1); }

// Dollars for a second of a spot machine, with what functions take for its work while a replacement
// boots that the notice does not cover.
Dollars spot_second(const MachineOffer& offer, double work, std::optional<Dollars> function) {
  const Dollars price = a_second(offer.price);
  if (!function) return price;
  const double uncovered =
      std::max(0.0, seconds(offer.provisioning_delay.percentile95() - offer.interruption_notice));
  return price + *function * (offer.interruptions_per_month / kSecondsAMonth * uncovered / work);
}

}  // namespace

void Markets::look(const View& view, std::optional<Dollars> function) {
  base_ = view.cheapest;
  second_ = a_second(view.catalog.offer(base_).price);
  functions_ = function.has_value();
  look_at_spot(view, function);
  look_at_burstable(view, function);
}

bool Markets::same_size(const View& view, MachineOfferId offer) const {
  const double ratio = view.work_per_query[offer.index()] / view.work_per_query[base_.index()];
  return ratio >= kSameSize && ratio <= 1 / kSameSize;  // also false where it cannot serve the mix
}

void Markets::look_at_spot(const View& view, std::optional<Dollars> function) {
  pools_.clear();
  if (bounds_.spot <= 0) return;
  const auto dollars_of = [&](MachineOfferId offer) {
    return spot_second(view.catalog.offer(offer), view.work_per_query[offer.index()], function);
  };
  const auto cost_of = [&](MachineOfferId offer) {
    return dollars_of(offer).value * view.work_per_query[offer.index()];
  };
  const std::optional<MachineOfferId> cheapest = view.cheapest_of(Market::spot);
  const bool stay = spot_ && cheapest && view.can_buy(*spot_) &&
                    kWorthChanging * cost_of(*spot_) <= cost_of(*cheapest);
  if (!stay) spot_ = cheapest;
  const double on_demand = second_.value * view.work_per_query[base_.index()];
  if (spot_ && cost_of(*spot_) < kWorthChanging * on_demand) {
    base_ = *spot_;
    second_ = dollars_of(base_);
  }
  const double most = std::min(kSpread * second_.value * view.work_per_query[base_.index()],
                               kWorthChanging * on_demand);
  for (std::uint32_t o = 0; o < view.work_per_query.size(); ++o) {
    const MachineOfferId offer{o};
    if (view.catalog.offer(offer).market != Market::spot || !same_size(view, offer)) continue;
    const double cost = cost_of(offer);
    if (cost <= most) pools_.push_back({offer, cost});
  }
  std::stable_sort(pools_.begin(), pools_.end(),
                   [](const Pool& a, const Pool& b) { return a.cost < b.cost; });
}

void Markets::look_at_burstable(const View& view, std::optional<Dollars> function) {
  burstable_.reset();
  if (!bounds_.burstable) return;
  const std::optional<MachineOfferId> id = view.cheapest_of(Market::burstable);
  if (!id || !same_size(view, *id)) return;
  const MachineOffer& offer = view.catalog.offer(*id);
  if (offer.credits_per_hour <= 0) return;  // what it can do beyond its baseline is not known
  Burstable b;
  b.offer = *id;
  b.second = a_second(offer.price);
  b.baseline = offer.baseline();
  b.unlimited = offer.surcharge_per_vcpu_hour.has_value();
  if (b.unlimited) b.surcharge = a_second(*offer.surcharge_per_vcpu_hour) * offer.vcpus.value;
  // Beyond its baseline it must still be cheaper than functions.
  const double work = view.work_per_query[id->index()];
  if (b.unlimited && function && b.surcharge.value * work >= function->value) return;
  burstable_ = b;
}

bool Markets::top_is_burstable(int machines, bool held, const Demand& demand) const {
  if (!burstable_ || machines == 0 || (machines > 1 && !held)) return false;
  const Burstable& b = *burstable_;
  const double busy = demand.busy(machines);
  if (!b.unlimited) return busy <= kClearOfBaseline * b.baseline;
  const double really = held ? busy : busy + kBusier;
  return b.second + b.surcharge * std::max(0.0, really - b.baseline) < second_;
}

void Markets::split(int machines, const Demand& demand, const View& view, OrderReason why,
                    std::vector<Target>& targets) {
  targets.clear();
  if (pools_.empty() && !burstable_) {
    targets.push_back({base_, machines, why});  // machines of other offers count for what they do
    return;
  }
  goal_.assign(view.machines.size(), 0);
  const auto have = [&](MachineOfferId offer) {
    const MachineCount& count = view.machines[offer.index()];
    return count.booting + count.ready;
  };
  int left = machines;
  const auto give = [&](MachineOfferId offer, int most) {
    const int n = std::clamp(most, 0, left);
    goal_[offer.index()] += n;
    left -= n;
    return n;
  };

  const bool held = burstable_ && have(burstable_->offer) > 0;
  if (top_is_burstable(machines, held, demand)) give(burstable_->offer, 1);
  const double share = functions_ ? bounds_.spot : std::min(bounds_.spot, kSpotWithoutFunctions);
  int spot = static_cast<int>(std::floor(left * share));
  const int in_one = static_cast<int>(std::ceil(left * bounds_.one_market));
  for (const bool open : {false, true}) {  // a market that sells nothing keeps what it has sold
    for (const Pool& pool : pools_) {
      if (view.can_buy(pool.offer) != open) continue;
      const int most = open ? in_one : std::min(in_one, have(pool.offer));
      spot -= give(pool.offer, std::min(spot, most));
    }
  }
  give(view.cheapest, left);

  // Replacements take a while: until they are up, what there is stays.
  int missing = 0;
  for (const MachineCount& count : view.machines) {
    missing += std::max(0, goal_[count.offer.index()] - count.ready);
  }
  for (const MachineCount& count : view.machines) {
    const int over = std::clamp(count.ready - goal_[count.offer.index()], 0, missing);
    goal_[count.offer.index()] += over;
    missing -= over;
  }

  targets.push_back({base_, goal_[base_.index()], why});
  for (const MachineCount& count : view.machines) {
    const int n = goal_[count.offer.index()];
    if (n > 0 && count.offer != base_) targets.push_back({count.offer, n, why});
  }
}

}  // namespace paragon
