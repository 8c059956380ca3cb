// Machines of the virtual cloud: how long they take to come up, how they fail, and how long a query
// takes on a burstable one.
//
// Each machine has a random stream of its own, so what befalls one does not depend on the others:
// an order may be refused (no capacity), the boot may fail, and a spot machine is taken away after
// an exponential time in service, with notice. A spot market may also dry up as a whole: all of its
// machines get notice at once, and orders are refused for a while. Released machines end when their
// last query has.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/random.h"
#include "brain/orders.h"
#include "brain/query.h"
#include "catalog/catalog.h"

namespace paragon::sim {

class VirtualMachines {
 public:
  VirtualMachines(const Catalog& catalog, Random random);

  void launch(MachineId id, MachineOfferId offer, Time now);
  void adopt(MachineId id, MachineOfferId offer, Time now);  // it is ready already
  void release(MachineId id, Time now);  // ends it at once if nothing runs there

  // The next thing that happens to a machine by itself.
  Time next() const { return events_.empty() ? kNever : events_.front().when; }
  std::optional<MachineEvent> happen(Time now);  // nothing: it was about one that is gone

  // A query begins: how long it will take there, when it takes `service` of an unhurried slot.
  Duration begin(MachineId id, VariantId variant, Duration service, Time now) {
    Machine& m = machine(id);
    ++m.running;
    return m.burstable ? slowed(m, variant, service, now) : service;
  }
  // True: it was the last one of a released machine, so something happens now.
  bool end(MachineId id, Time now) {
    Machine& m = machine(id);
    if (--m.running > 0 || m.state != State::draining) return false;
    leave(id, now);
    return true;
  }
  // The machine that was bought first of those that are left; nothing: none is.
  std::optional<MachineId> oldest() const;
  void forget(MachineId id, Time now);  // it is gone: what it owes is paid

  MachineOfferId offer(MachineId id) const { return machines_[id.value - first_].offer; }
  int booting() const { return booting_; }
  int ready() const { return ready_; }  // draining ones included: they are paid for and work
  std::uint64_t bought() const { return bought_; }
  std::uint64_t boot_failures() const { return boot_failures_; }
  std::uint64_t no_capacity() const { return no_capacity_; }
  std::uint64_t interruptions() const { return interruptions_; }
  Dollars surcharge() const { return surcharge_; }

 private:
  enum class State : std::uint8_t { booting, ready, draining, interrupted, gone };
  enum class What : std::uint8_t {
    no_capacity,
    boot_failed,
    ready,
    interrupted,
    taken,
    ended,
    dries_up  // a market, not a machine
  };

  struct Machine {
    MachineOfferId offer;
    State state = State::booting;
    bool up = false;  // has been ready
    bool burstable = false;
    int running = 0;
    // A burstable machine's bank of processor time fills at the baseline and is drawn on by work.
    // It goes below zero: by what is still to be earned before the work is done (standard), or by
    // what is owed (unlimited). See burstable machines in docs/catalog.md.
    double bank_vcpu_seconds = 0;
    Time filled{};
  };
  struct Event {
    Time when;
    std::uint64_t order = 0;
    MachineId machine;
    What what = What::ready;
    MachineOfferId market{};  // what == dries_up
  };
  struct Market {
    bool open = false;  // something was ordered there
    Time dry_until{};
    Random random;
  };

  Machine& enter(MachineId id, MachineOfferId offer, Time now);
  void come_up(Machine& m, Time now);
  // Taken away after a `life` in service, in mean lives.
  void interrupt(MachineId id, Time ready, double life);
  Machine& machine(MachineId id) { return machines_[id.value - first_]; }
  void at(Time when, MachineId id, What what, MachineOfferId market = {});
  void dries_up_next(MachineOfferId market, Time now);
  void dry_up(MachineOfferId market, Time now);
  void fill(Machine& m, Time now) const;
  Duration slowed(Machine& m, VariantId variant, Duration service, Time now);
  void charge(const MachineOffer& offer, double vcpu_seconds);
  void leave(MachineId id, Time now) { at(now, id, What::ended); }

  const Catalog* catalog_;
  Random random_;
  std::vector<Market> markets_;    // by offer
  std::vector<Machine> machines_;  // by id, from first_ on
  std::uint32_t first_ = 1;        // those before it are gone and forgotten
  std::vector<Event> events_;      // a heap
  std::uint64_t order_ = 0;
  int booting_ = 0;
  int ready_ = 0;
  std::uint64_t bought_ = 0;
  std::uint64_t boot_failures_ = 0;
  std::uint64_t no_capacity_ = 0;
  std::uint64_t interruptions_ = 0;
  Dollars surcharge_;
};

}  // namespace paragon::sim
