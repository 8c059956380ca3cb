// The fleet: which machines there are, and who has a free slot. The one state machine of machines:
//
//   buy ─► booting ─► ready ─┬───────────► draining ─► gone
//             │          │     └► leaving ─────┤          ▲
//             └──────────┴─────────────────────┴──────────┘ (failed)
//
// A machine that will be taken away is leaving: it serves on while its replacement boots, and
// drains shortly before its time.
//
// A machine's capacity is one whole, in integer units; a query of variant v on offer o takes
// 1/slots(v, o) of it, so one machine serves a mix. Free machines are kept in a bit set per offer
// and the lowest row wins: load packs on the first machines and leaves the last ones idle, which
// are those a scheme gives back.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/check.h"
#include "base/id.h"
#include "base/time.h"
#include "base/units.h"
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
  Time bought{};
  Time expected{};    // ready by then, most likely
  Time leaves{};      // state leaving: serves until then
  Duration before{};  // it ran so long before this brain had it
};

class Fleet {
 public:
  static constexpr std::uint32_t kWhole = 1U << 24;

  explicit Fleet(const Catalog& catalog);

  std::uint32_t buy(MachineId id, MachineOfferId offer, Time now, Duration before = {});
  void ready(std::uint32_t row);
  // It will be taken away, and can serve until `until`.
  void leave(std::uint32_t row, Time until);
  void drain_leaving(Time now);  // those whose time has come
  void drain(std::uint32_t row);
  void remove(std::uint32_t row, Time now);  // its slots must have been freed
  void suspect(std::uint32_t row);
  void clear_suspects();
  bool any_suspect() const { return !suspects_.empty(); }

  std::uint32_t find(MachineId id) const;  // kNoRow: unknown or gone

  // Whether the variant can run on a machine that is there or on its way; whether all of them can.
  bool fits(VariantId variant) const { return fits_[variant.index()] != 0; }
  bool fits_all() const { return fits_all_; }
  // Whether any machine has something left, be it too little for some variant.
  bool any_room() const { return with_room_ > 0; }
  // A ready machine of the offer with a free slot for the variant; kNoRow: none.
  std::uint32_t free_machine(VariantId variant, MachineOfferId offer) const;
  // A slot for the variant is taken on the machine, or freed.
  void take(std::uint32_t row, VariantId variant, Time now);
  void give_back(std::uint32_t row, VariantId variant, Time now);

  std::uint32_t share(VariantId v, MachineOfferId o) const {  // units; 0 = does not fit
    return shares_[v.index() * offers_ + o.index()];
  }
  double share_of_whole(VariantId v, MachineOfferId o) const {
    return share(v, o) * (1.0 / kWhole);
  }
  // Of the machine's price, what that share costs.
  SecondPrice slot_price(VariantId v, MachineOfferId o) const {
    return slot_prices_[v.index() * offers_ + o.index()];
  }
  const Machine& operator[](std::uint32_t row) const { return rows_[row]; }
  std::size_t rows() const { return rows_.size(); }
  const std::vector<MachineCount>& counts() const { return counts_; }
  // Offers of which a machine is ready, leaving or booting, in the catalog's order; burstable ones
  // last, so that load comes to them when the others are full.
  const std::vector<MachineOfferId>& offers_held() const { return offers_held_; }
  int booting() const { return booting_; }
  int ready() const { return ready_; }  // leaving ones included
  int leaving() const { return leaving_; }
  int live() const { return live_; }

  // Integral of busy capacity since the last call, as a share of the ready capacity.
  double take_busy_mean(Time now);
  double busy() const;
  // Earliest moment a booting machine is expected; kNever without one.
  Time next_expected() const { return next_expected_; }
  // The machine of the offer that is easiest to give back: a booting one if there is any, else the
  // emptiest. kNoRow: none, or only such as were bought later than `bought_by`. (A ready machine is
  // not given back in the place of one that boots: until that is up it would be missed.)
  std::uint32_t most_idle(MachineOfferId offer, Time bought_by) const;

 private:
  struct FreeSet {  // rows with room, by offer; long enough for all rows
    std::vector<std::uint64_t> words;
    std::vector<std::uint64_t> summary;
  };
  static bool has_room(const Machine& m) {
    return m.in_use && serves(m) && !m.suspect && m.used < kWhole;
  }
  static bool serves(const Machine& m) {
    return m.state == MachineStatus::State::ready || m.state == MachineStatus::State::leaving;
  }
  // After anything that may have changed has_room().
  void mark(std::uint32_t row) { mark(row, rows_[row].offer, has_room(rows_[row])); }
  void mark(std::uint32_t row, MachineOfferId offer, bool room);
  void account(Time now) {
    if (now == accounted_) return;  // a slot that is freed is often taken again at once
    const auto passed = static_cast<double>((now - accounted_).count());
    busy_integral_ += passed * static_cast<double>(used_ready_);
    ready_integral_ += passed * ready_;
    accounted_ = now;
  }
  void recount();  // after the number of ready or booting machines has changed
  void hold(MachineOfferId offer);

  const Catalog* catalog_;
  std::size_t offers_;
  std::vector<std::uint32_t> shares_;     // variant-major
  std::vector<SecondPrice> slot_prices_;  // variant-major
  std::vector<Machine> rows_;
  std::vector<std::uint32_t> free_rows_;
  std::vector<std::uint32_t> row_of_;  // by machine id
  std::vector<FreeSet> free_;
  int with_room_ = 0;  // machines in all of free_
  std::vector<MachineCount> counts_;
  std::vector<MachineOfferId> offers_held_;
  std::vector<std::uint8_t> fits_;  // by variant
  bool fits_all_ = false;
  Time next_expected_ = kNever;
  std::vector<std::uint32_t> suspects_;
  int booting_ = 0;
  int ready_ = 0;
  int leaving_ = 0;
  int live_ = 0;
  std::int64_t used_ready_ = 0;  // units in use on ready machines
  double busy_integral_ = 0;     // unit-nanoseconds
  double ready_integral_ = 0;    // machine-nanoseconds
  Time accounted_{};
};

// The hot path of every query, so it can be inlined.

inline std::uint32_t Fleet::free_machine(VariantId variant, MachineOfferId offer) const {
  const std::uint32_t share = this->share(variant, offer);
  if (share == 0) return kNoRow;
  const FreeSet& set = free_[offer.index()];
  for (std::size_t s = 0; s < set.summary.size(); ++s) {
    for (std::uint64_t words = set.summary[s]; words != 0; words &= words - 1) {
      const std::size_t word = s * 64 + static_cast<std::size_t>(std::countr_zero(words));
      for (std::uint64_t bits = set.words[word]; bits != 0; bits &= bits - 1) {
        const auto row = static_cast<std::uint32_t>(word * 64) +
                         static_cast<std::uint32_t>(std::countr_zero(bits));
        if (rows_[row].used + share <= kWhole) return row;
      }
    }
  }
  return kNoRow;
}

// Without branches: whether it was the machine's last slot is nearly a coin toss.
inline void Fleet::mark(std::uint32_t row, MachineOfferId offer, bool room) {
  FreeSet& set = free_[offer.index()];
  const std::size_t word = row / 64;
  const unsigned at = row % 64;
  const std::uint64_t before = set.words[word] >> at & 1;
  const std::uint64_t after = room ? 1 : 0;
  const std::uint64_t words = set.words[word] ^= (before ^ after) << at;
  std::uint64_t& summary = set.summary[word / 64];
  const std::uint64_t any = words != 0 ? 1 : 0;
  summary = (summary & ~(std::uint64_t{1} << (word % 64))) | any << (word % 64);
  with_room_ += static_cast<int>(after) - static_cast<int>(before);
}

inline void Fleet::take(std::uint32_t row, VariantId variant, Time now) {
  account(now);
  Machine& m = rows_[row];
  const std::uint32_t share = this->share(variant, m.offer);
  PARAGON_CHECK(serves(m) && share > 0 && m.used + share <= kWhole, "no free slot on the machine");
  m.used += share;
  used_ready_ += share;
  ++m.running;
  mark(row, m.offer, m.used < kWhole);
}

inline void Fleet::give_back(std::uint32_t row, VariantId variant, Time now) {
  account(now);
  Machine& m = rows_[row];
  const std::uint32_t share = this->share(variant, m.offer);
  PARAGON_CHECK(m.running > 0 && m.used >= share, "a slot freed twice");
  m.used -= share;
  if (serves(m)) used_ready_ -= share;
  --m.running;
  mark(row, m.offer, serves(m) && !m.suspect);
}

}  // namespace paragon
