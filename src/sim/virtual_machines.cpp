#include "sim/virtual_machines.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"

namespace paragon::sim {
namespace {

// How soon the cloud says that it has none: an answer to the order itself.
constexpr Duration kRefusal = std::chrono::seconds(1);
// How long a market that has dried up sells nothing. Our judgement: no source tells.
constexpr Duration kDry = std::chrono::minutes(15);
// A century is never, and fits into a Time.
constexpr double kNeverSeconds = 3e9;
// Streams of markets begin where those of machines cannot reach.
constexpr std::uint64_t kMarketStreams = std::uint64_t{1} << 32;

// Processor time that a burstable machine earns in a second, in vCPU-seconds.
double earned_a_second(const MachineOffer& offer) { return offer.baseline() * offer.vcpus.value; }

}  // namespace

VirtualMachines::VirtualMachines(const Catalog& catalog, Random random)
    : catalog_(&catalog), random_(random) {
  for (std::size_t o = 0; o < catalog.machine_offers().size(); ++o) {
    markets_.push_back({false, {}, random_.stream(kMarketStreams + o)});
  }
}

void VirtualMachines::at(Time when, MachineId id, What what, MachineOfferId market) {
  events_.push_back({when, order_++, id, what, market});
  std::push_heap(events_.begin(), events_.end(), [](const Event& a, const Event& b) {
    return std::tie(a.when, a.order) > std::tie(b.when, b.order);
  });
}

VirtualMachines::Machine& VirtualMachines::enter(MachineId id, MachineOfferId offer, Time now) {
  PARAGON_CHECK(id.value == first_ + machines_.size(), "machines are bought in the order of ids");
  Machine& m = machines_.emplace_back();
  m.offer = offer;
  ++bought_;
  Market& market = markets_[offer.index()];
  if (!market.open) {
    market.open = true;
    dries_up_next(offer, now);
  }
  return m;
}

void VirtualMachines::come_up(Machine& m, Time now) {
  const MachineOffer& offer = catalog_->offer(m.offer);
  m.state = State::ready;
  m.up = true;
  m.burstable = offer.credits_per_hour > 0;
  m.bank_vcpu_seconds = offer.credits_at_launch * 60;
  m.filled = now;
  ++ready_;
}

void VirtualMachines::interrupt(MachineId id, Time ready, double life) {
  const MachineOffer& offer = catalog_->offer(machine(id).offer);
  const double alone = offer.interruptions_per_month * (1 - offer.interrupted_together);
  if (alone <= 0) return;
  const double in_service = life * kSecondsAMonth / alone;
  if (in_service < kNeverSeconds) at(ready + from_seconds(in_service), id, What::interrupted);
}

void VirtualMachines::adopt(MachineId id, MachineOfferId offer, Time now) {
  come_up(enter(id, offer, now), now);
  interrupt(id, now, random_.stream(id.value).exponential(1));
}

void VirtualMachines::launch(MachineId id, MachineOfferId offer_id, Time now) {
  const MachineOffer& offer = catalog_->offer(offer_id);
  enter(id, offer_id, now);
  ++booting_;
  // All that may befall it is drawn now and in the same order, whether it comes to that or not.
  Random random = random_.stream(id.value);
  const bool refused =
      random.chance(offer.no_capacity_probability) || now < markets_[offer_id.index()].dry_until;
  const bool fails = random.chance(offer.boot_failure_probability);
  const Duration boot = offer.provisioning_delay.sample(random);
  const double life = random.exponential(1);
  if (refused) return at(now + kRefusal, id, What::no_capacity);
  if (fails) return at(now + boot, id, What::boot_failed);
  at(now + boot, id, What::ready);
  interrupt(id, now + boot, life);
}

void VirtualMachines::dries_up_next(MachineOfferId market, Time now) {
  const MachineOffer& offer = catalog_->offer(market);
  const double together = offer.interruptions_per_month * offer.interrupted_together;
  if (together <= 0) return;
  const double wait = markets_[market.index()].random.exponential(1) * kSecondsAMonth / together;
  if (wait < kNeverSeconds) at(now + from_seconds(wait), {}, What::dries_up, market);
}

void VirtualMachines::dry_up(MachineOfferId market, Time now) {
  markets_[market.index()].dry_until = now + kDry;
  for (std::uint32_t i = 0; i < machines_.size(); ++i) {
    const Machine& m = machines_[i];
    if (m.offer == market && m.state == State::ready)
      at(now, MachineId{first_ + i}, What::interrupted);
  }
  dries_up_next(market, now);
}

void VirtualMachines::release(MachineId id, Time now) {
  Machine& m = machine(id);
  if (m.state != State::booting && m.state != State::ready) return;
  if (m.state == State::booting) --booting_;
  m.state = State::draining;
  if (m.running == 0) leave(id, now);
}

std::optional<MachineEvent> VirtualMachines::happen(Time now) {
  std::pop_heap(events_.begin(), events_.end(), [](const Event& a, const Event& b) {
    return std::tie(a.when, a.order) > std::tie(b.when, b.order);
  });
  const Event event = events_.back();
  events_.pop_back();
  if (event.what == What::dries_up) {
    dry_up(event.market, now);
    return std::nullopt;
  }
  if (event.machine.value < first_) return std::nullopt;
  Machine& m = machine(event.machine);
  if (m.state == State::gone) return std::nullopt;
  const MachineOffer& offer = catalog_->offer(m.offer);
  switch (event.what) {
    case What::no_capacity:
      ++no_capacity_;
      forget(event.machine, now);
      return MachineEvent{event.machine, MachineEventKind::failed, {}, true};
    case What::boot_failed:
      ++boot_failures_;
      forget(event.machine, now);
      return MachineEvent{event.machine, MachineEventKind::failed, {}, false};
    case What::ready:
      if (m.state != State::booting) return std::nullopt;
      --booting_;
      come_up(m, now);
      return MachineEvent{event.machine, MachineEventKind::ready, {}, false};
    case What::interrupted:
      if (m.state != State::ready) return std::nullopt;
      ++interruptions_;
      m.state = State::interrupted;
      at(now + offer.interruption_notice, event.machine, What::taken);
      return MachineEvent{event.machine, MachineEventKind::interrupted, offer.interruption_notice,
                          false};
    case What::taken:
      forget(event.machine, now);
      return MachineEvent{event.machine, MachineEventKind::failed, {}, false};
    case What::ended:
      forget(event.machine, now);
      return MachineEvent{event.machine, MachineEventKind::gone, {}, false};
    case What::dries_up:
      break;
  }
  return std::nullopt;
}

std::optional<MachineId> VirtualMachines::oldest() const {
  for (std::uint32_t i = 0; i < machines_.size(); ++i) {
    if (machines_[i].state != State::gone) return MachineId{first_ + i};
  }
  return std::nullopt;
}

void VirtualMachines::forget(MachineId id, Time now) {
  Machine& m = machine(id);
  if (m.state == State::gone) return;
  if (m.burstable) {
    const MachineOffer& offer = catalog_->offer(m.offer);
    fill(m, now);
    if (offer.surcharge_per_vcpu_hour && m.bank_vcpu_seconds < 0) {
      charge(offer, -m.bank_vcpu_seconds);
    }
  }
  if (m.state == State::booting) --booting_;
  if (m.up) --ready_;
  m.state = State::gone;
  // Memory follows the machines that are up, not those that ever were.
  const auto left = std::find_if(machines_.begin(), machines_.end(), [](const Machine& other) {
    return other.state != State::gone || other.running > 0;
  });
  const auto dead = left - machines_.begin();
  if (dead < 64 || dead < machines_.end() - left) return;
  machines_.erase(machines_.begin(), left);
  first_ += static_cast<std::uint32_t>(dead);
}

void VirtualMachines::charge(const MachineOffer& offer, double vcpu_seconds) {
  surcharge_ += *offer.surcharge_per_vcpu_hour * from_seconds(vcpu_seconds);
}

void VirtualMachines::fill(Machine& m, Time now) const {
  const MachineOffer& offer = catalog_->offer(m.offer);
  const double earned = earned_a_second(offer) * seconds(now - m.filled);
  m.bank_vcpu_seconds = std::min(offer.credits_max * 60, m.bank_vcpu_seconds + earned);
  m.filled = now;
}

Duration VirtualMachines::slowed(Machine& m, VariantId variant, Duration service, Time now) {
  const MachineOffer& offer = catalog_->offer(m.offer);
  fill(m, now);
  const int slots = catalog_->profile(variant, m.offer).slots;
  m.bank_vcpu_seconds -= seconds(service) * offer.vcpus.value / std::max(1, slots);
  if (m.bank_vcpu_seconds >= 0) return service;
  if (offer.surcharge_per_vcpu_hour) {
    const double owed = -m.bank_vcpu_seconds - offer.credits_max * 60;
    if (owed > 0) {
      charge(offer, owed);
      m.bank_vcpu_seconds += owed;
    }
    return service;
  }
  const double wait = -m.bank_vcpu_seconds / earned_a_second(offer);
  return std::max(service, from_seconds(wait));
}

}  // namespace paragon::sim
