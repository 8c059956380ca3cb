// Procurement: the load, the forecast and the fleet become a view; the scheme says how many
// machines there should be; what is missing is bought and what is over is given back.
#include <algorithm>
#include <cmath>
#include <limits>

#include "brain/brain_impl.h"

namespace paragon {
namespace {

constexpr Duration kNoCapacityPause = std::chrono::seconds(10);
// A market that takes machines back is short of them: it may take the next one as well.
constexpr Duration kTakenBackPause = std::chrono::minutes(10);
// Who runs on a machine that will be taken away must be done before.
constexpr Duration kLeaveEarly = std::chrono::seconds(5);

}  // namespace

void Brain::Impl::look(Time now) {
  monitor.advance(now);
  const auto fresh = static_cast<std::size_t>(
      std::min<std::uint64_t>(monitor.closed() - forecast_fed, monitor.samples()));
  for (std::size_t age = fresh; age > 0; --age) {
    forecast.observe(rate_of(monitor.sample(age - 1), Monitor::kSample));
  }
  forecast_fed = monitor.closed();

  const std::vector<double>& mix = monitor.mix();
  double known = 0;
  for (const double share : mix) known += share;
  for (std::uint32_t o = 0; o < work_per_query.size(); ++o) {
    double work = 0;
    double share = 0;
    for (std::uint32_t v = 0; v < mix.size(); ++v) {
      const double weight = known > 0 ? mix[v] : 1.0 / static_cast<double>(mix.size());
      if (weight <= 0) continue;
      const int slots = catalog.profile(VariantId{v}, MachineOfferId{o}).slots;
      work += slots == 0 ? std::numeric_limits<double>::infinity()
                         : weight * estimates.on(VariantId{v}, MachineOfferId{o}).mean_s() / slots;
      share += slots == 0 ? 1 : weight / slots;
    }
    work_per_query[o] = work;
    share_per_query[o] = share;
  }

  view.now = now;
  view.booting = fleet.booting();
  view.ready = fleet.ready() - fleet.leaving();
  view.draining = fleet.live() - view.ready - fleet.booting();
  view.busy = fleet.busy();
  view.busy_mean = fleet.take_busy_mean(now);
  view.waiting = static_cast<int>(waiting.size());
  view.cheapest = view.cheapest_of(Market::on_demand).value_or(MachineOfferId{});
  view.bursty = monitor.bursty(View::kBurstSampling, View::kBursty);
  if (!catalog.machine_offers().empty()) {
    view.provisioning = catalog.offer(view.cheapest).provisioning_delay.percentile95();
  }
}

void Brain::Impl::procure(Time now) {
  orders.clear();
  fleet.drain_leaving(now);
  estimates.carry_over();
  function_terms.update_changed();
  if (catalog.machine_offers().empty()) return;
  look(now);
  const Wanted want = scheme->decide(view);
  last_wanted.assign(want.machines.begin(), want.machines.end());
  if (want.machines.size() > 1) {
    bring_to(want.machines, now);
  } else {
    bring_to(want.machines.empty() ? Target{view.cheapest} : want.machines.front(), now);
  }
  keep_warm(want.warm, now);
}

// One target: it is met by what the machines of all offers carry of the present mix.
void Brain::Impl::bring_to(const Target& target, Time now) {
  int wanted = std::max(target.machines, waiting.needs_machine() ? 1 : 0);
  OrderReason why = target.why;
  if (wanted < settings.machines_min) {
    wanted = settings.machines_min;
    why = OrderReason::floor;
  }
  if (wanted > settings.machines_max) {
    wanted = settings.machines_max;
    why = OrderReason::ceiling;
  }

  double have = 0;
  const double unit = work_per_query[target.offer.index()];
  for (const MachineCount& count : fleet.counts()) {
    const int machines = count.booting + count.ready;
    if (machines == 0) continue;
    const double work = work_per_query[count.offer.index()];
    const double worth = count.offer == target.offer       ? 1
                         : std::isfinite(work) && work > 0 ? unit / work
                                                           : 0;
    have += machines * worth;
  }
  const double missing = wanted - have;
  if (missing > 1e-6) {
    buy(target.offer, static_cast<int>(std::ceil(missing - 1e-6)), why, now);
  } else {
    give_back(static_cast<int>(std::floor(-missing + 1e-6)), OrderReason::surplus, now);
  }
}

// Several targets: each offer has its own number. The floor is filled up with the first one named,
// the ceiling cuts the last ones; what is missing is bought before what is over is given back.
void Brain::Impl::bring_to(std::span<const Target> targets, Time now) {
  const int floor = std::max(settings.machines_min, waiting.empty() ? 0 : 1);
  int total = 0;
  for (const Target& target : targets) total += std::max(0, target.machines);
  int room = settings.machines_max;
  goal.assign(fleet.counts().size(), 0);
  for (const Target& target : targets) {
    int wanted = std::max(0, target.machines);
    OrderReason why = target.why;
    if (total < floor) {
      wanted += floor - total;
      total = floor;
      why = OrderReason::floor;
    }
    if (wanted > room) {
      wanted = room;
      why = OrderReason::ceiling;
    }
    room -= wanted;
    goal[target.offer.index()] += wanted;
    const MachineCount& count = fleet.counts()[target.offer.index()];
    buy(target.offer, goal[target.offer.index()] - count.booting - count.ready, why, now);
  }
  for (const MachineCount& count : fleet.counts()) {
    while (count.booting + count.ready > goal[count.offer.index()]) {
      if (fleet.booting() + fleet.ready() - fleet.leaving() <= settings.machines_min) return;
      if (!give_back_one(count.offer, OrderReason::surplus, now)) break;
    }
  }
}

void Brain::Impl::buy(MachineOfferId offer_id, int machines, OrderReason why, Time now) {
  const MachineOffer& offer = catalog.offer(offer_id);
  if (blocked_until[offer_id.index()] > now) return;
  for (int i = 0; i < machines && fleet.live() < settings.machines_max; ++i) {
    if (!budget.allows_machine(offer, now)) return;
    const MachineId id{++machines_bought};
    fleet.buy(id, offer_id, now);
    meter.machine_bought(offer_id, now);
    budget.machine_bought(offer, now);
    orders.emplace_back(Buy{id, offer_id, why});
  }
}

void Brain::Impl::give_back(int machines, OrderReason why, Time now) {
  for (int i = 0; i < machines; ++i) {
    if (fleet.booting() + fleet.ready() - fleet.leaving() <= settings.machines_min) return;
    // The dearest for the present mix goes first.
    MachineOfferId dearest{};
    double highest = -1;
    for (const MachineCount& count : fleet.counts()) {
      if (count.booting + count.ready == 0) continue;
      const double price =
          catalog.offer(count.offer).price.value * work_per_query[count.offer.index()];
      if (price > highest) {
        highest = price;
        dearest = count.offer;
      }
    }
    if (!give_back_one(dearest, why, now)) return;
  }
}

// A machine is paid for its minimum whether it is kept or not, so none goes before that: else one
// that is wanted in one tick and not in the next would be bought again and again.
bool Brain::Impl::give_back_one(MachineOfferId offer, OrderReason why, Time now) {
  const std::uint32_t row = fleet.most_idle(offer, now - catalog.offer(offer).minimum_billed);
  if (row == kNoRow) return false;
  fleet.drain(row);
  orders.emplace_back(Release{fleet[row].id, why});
  return true;
}

// Its replacement is ordered at once, and it serves on while that boots.
void Brain::Impl::lose_soon(std::uint32_t machine, Duration notice, Time now) {
  const MachineOfferId offer = fleet[machine].offer;
  const Duration serves = notice - kLeaveEarly - settings.tick;
  if (serves > Duration::zero()) {
    fleet.leave(machine, now + serves);
  } else {
    fleet.drain(machine);
  }
  if (catalog.offer(offer).market != Market::spot) return;
  Time& blocked = blocked_until[offer.index()];
  blocked = std::max(blocked, now + kTakenBackPause);
}

void Brain::Impl::end_machine(std::uint32_t machine, const MachineEvent& event, Time now) {
  const Machine m = fleet[machine];
  fleet.remove(machine, now);
  if (event.kind == MachineEventKind::lost) {
    unsettled.push_back(m);
    return;
  }
  if (event.kind == MachineEventKind::failed && event.never_ran) {
    blocked_until[m.offer.index()] = now + kNoCapacityPause;
  }
  settle(m, event, now);
}

// What it cost in the end.
void Brain::Impl::settle(const Machine& m, const MachineEvent& event, Time now) {
  const MachineOffer& offer = catalog.offer(m.offer);
  if (event.never_ran || event.ran == Duration{}) {
    meter.machine_never_ran(m.offer, m.bought, m.before);
    budget.machine_ended(offer, m.bought, Duration{}, now);
    return;
  }
  const Duration ran = event.ran.value_or(m.before + (now - m.bought));
  meter.machine_ended(m.offer, m.bought, m.before, ran);
  budget.machine_ended(offer, m.bought, billed_time(offer, ran, m.before), now);
}

void Brain::Impl::settle_lost(const MachineEvent& event, Time now) {
  const auto found = std::find_if(unsettled.begin(), unsettled.end(),
                                  [&](const Machine& m) { return m.id == event.machine; });
  if (found == unsettled.end()) return;
  if (event.kind != MachineEventKind::failed && event.kind != MachineEventKind::gone) return;
  const Machine m = *found;
  unsettled.erase(found);
  settle(m, event, now);
}

}  // namespace paragon
