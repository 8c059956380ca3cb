#include "sim/virtual_machines.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"

namespace paragon::sim {
namespace {

// How soon the cloud says that it has none: an answer to the order itself.
constexpr Duration kRefusal = std::chrono::seconds(1);
constexpr double kSecondsAMonth = 365.25 / 12 * 86400;

}  // namespace

VirtualMachines::VirtualMachines(const Catalog& catalog, Random random)
    : catalog_(&catalog), random_(random) {}

void VirtualMachines::at(Time when, MachineId id, What what) {
  events_.push_back({when, order_++, id, what});
  std::push_heap(events_.begin(), events_.end(), [](const Event& a, const Event& b) {
    return std::tie(a.when, a.order) > std::tie(b.when, b.order);
  });
}

void VirtualMachines::launch(MachineId id, MachineOfferId offer_id, Time now) {
  PARAGON_CHECK(id.value == first_ + machines_.size(), "machines are bought in the order of ids");
  const MachineOffer& offer = catalog_->offer(offer_id);
  Machine& m = machines_.emplace_back();
  m.offer = offer_id;
  ++booting_;
  ++bought_;
  // All that may befall it is drawn now and in the same order, whether it comes to that or not.
  Random random = random_.stream(id.value);
  const bool refused = random.chance(offer.no_capacity_probability);
  const bool fails = random.chance(offer.boot_failure_probability);
  const Duration boot = offer.provisioning_delay.sample(random);
  const double life = random.exponential(1);
  if (refused) return at(now + kRefusal, id, What::no_capacity);
  if (fails) return at(now + boot, id, What::boot_failed);
  at(now + boot, id, What::ready);
  if (offer.interruptions_per_month > 0) {
    const double in_service = life * kSecondsAMonth / offer.interruptions_per_month;
    // A century is never, and fits into a Time.
    if (in_service < 3e9) at(now + boot + from_seconds(in_service), id, What::interrupted);
  }
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
      m.state = State::ready;
      m.up = true;
      m.burstable = offer.credits_per_hour > 0;
      m.bank_vcpu_seconds = offer.credits_at_launch * 60;
      m.filled = now;
      --booting_;
      ++ready_;
      return MachineEvent{event.machine, MachineEventKind::ready, {}, false};
    case What::interrupted:
      if (m.state == State::draining) return std::nullopt;
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
  const double earned = offer.credits_per_hour * 60 / 3600 * seconds(now - m.filled);
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
  const double wait = -m.bank_vcpu_seconds / (offer.credits_per_hour * 60 / 3600);
  return std::max(service, from_seconds(wait));
}

}  // namespace paragon::sim
