// A number that stands for every decision of a run, in order: equal runs have equal ones.
#pragma once

#include <cstdint>

#include "brain/orders.h"
#include "brain/route.h"

namespace paragon::sim {

class DecisionHash {
 public:
  // `to`: what the route holds.
  template <class To>
  void note(const Route& r, const To& to) {
    mix(r.query.value ^ static_cast<std::uint64_t>(r.why) << 56, r.where.index() | bits(to));
  }
  void note(const Buy& buy) { mix(buy.machine.value, std::uint64_t{buy.offer.value} << 8 | 4); }
  void note(const Release& release) { mix(release.machine.value, 5); }
  void note(const Warm& warm) {
    mix(warm.call.value,
        std::uint64_t{warm.offer.value} << 8 | std::uint64_t{warm.variant.value} << 40 | 6);
  }

  std::uint64_t decisions() const { return decisions_; }  // noted: routes and orders
  std::uint64_t value() const { return hash_; }

 private:
  static std::uint64_t bits(const OnMachine& to) {
    return std::uint64_t{to.machine.value} << 8 | std::uint64_t{to.variant.value} << 40;
  }
  static std::uint64_t bits(const OnFunction& to) {
    return std::uint64_t{to.offer.value} << 8 | std::uint64_t{to.variant.value} << 40;
  }
  static std::uint64_t bits(const Wait& to) {
    return static_cast<std::uint64_t>(to.until.time_since_epoch().count()) << 8;
  }
  static std::uint64_t bits(const Refuse&) { return 0; }
  static std::uint64_t bits(const Split& to) { return std::uint64_t{to.ensemble.value} << 8; }

  void mix(std::uint64_t a, std::uint64_t b) {
    hash_ = (hash_ ^ (a + b * 0x9e3779b97f4a7c15ULL)) * 0xd1342543de82ef95ULL;
    hash_ ^= hash_ >> 29;
    ++decisions_;
  }

  std::uint64_t decisions_ = 0;
  std::uint64_t hash_ = 0x9e3779b97f4a7c15ULL;
};

}  // namespace paragon::sim
