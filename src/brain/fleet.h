// The fleet: which machines there are, and who has a free slot. The one state machine of machines:
//
//   buy ─► booting ─► ready ─► draining ─► gone
//             └────────┴──────────┴──────► gone (failed)
//
// A machine's capacity is one whole, in integer units; a query of variant v on offer o takes
// 1/slots(v, o) of it, so one machine serves a mix. Free machines are kept in a bit set per offer
// and the lowest row wins: load packs on the first machines and leaves the last ones idle, which
// are those a scheme gives back.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "brain/brain.h"
#include "brain/flights.h"

namespace paragon {

struct Machine {
  MachineId id;
  MachineOfferId offer;
  MachineStatus::State state = MachineStatus::State::booting;
  bool in_use = false;     // the row holds a machine
  bool suspect = false;    // lost a query: nothing new until the next tick
  std::uint32_t used = 0;  // units
  int running = 0;
  std::uint32_t first = kNoRow;  // flights on it, linked
  Time bought{};
  Time expected{};  // ready by then, most likely
};

class Fleet {
 public:
  static constexpr std::uint32_t kWhole = 1U << 24;

  Fleet(const Catalog& catalog, Flights& flights);

  std::uint32_t buy(MachineId id, MachineOfferId offer, Time now);
  void ready(std::uint32_t row);
  void drain(std::uint32_t row);
  void remove(std::uint32_t row, Time now);  // its flights must have been taken off
  void suspect(std::uint32_t row);
  void clear_suspects();
  bool any_suspect() const { return !suspects_.empty(); }

  std::uint32_t find(MachineId id) const;  // kNoRow: unknown or gone

  // A ready machine of the offer with a free slot for the variant; kNoRow: none.
  std::uint32_t free_machine(VariantId variant, MachineOfferId offer) const;
  void take(std::uint32_t row, std::uint32_t flight, Time now);
  void give_back(std::uint32_t row, std::uint32_t flight, Time now);

  std::uint32_t share(VariantId v, MachineOfferId o) const {  // units; 0 = does not fit
    return shares_[v.index() * counts_.size() + o.index()];
  }
  const Machine& operator[](std::uint32_t row) const { return rows_[row]; }
  std::size_t rows() const { return rows_.size(); }
  const std::vector<MachineCount>& counts() const { return counts_; }
  int booting() const { return booting_; }
  int ready() const { return ready_; }
  int live() const { return live_; }

  // Integral of busy capacity since the last call, as a share of the ready capacity.
  double take_busy_mean(Time now);
  double busy() const;
  // Earliest moment a booting machine is expected; kNever without one.
  Time next_expected() const;
  // The ready (or else booting) machine of the offer that is easiest to give back; kNoRow: none.
  std::uint32_t most_idle(MachineOfferId offer) const;

 private:
  struct FreeSet {  // rows with room, by offer
    std::vector<std::uint64_t> words;
    std::vector<std::uint64_t> summary;
  };
  void mark(std::uint32_t row);
  void account(Time now);

  const Catalog* catalog_;
  Flights* flights_;
  std::vector<std::uint32_t> shares_;  // variant-major
  std::vector<Machine> rows_;
  std::vector<std::uint32_t> free_rows_;
  std::vector<std::uint32_t> row_of_;  // by machine id
  std::vector<FreeSet> free_;
  std::vector<MachineCount> counts_;
  std::vector<std::uint32_t> suspects_;
  int booting_ = 0;
  int ready_ = 0;
  int live_ = 0;
  std::int64_t used_ready_ = 0;  // units in use on ready machines
  double busy_integral_ = 0;     // unit-seconds
  double ready_integral_ = 0;    // machine-seconds
  Time accounted_{};
};

}  // namespace paragon
