// The same pool as the plain loop's, without an event list: what can be had where nothing decides.
//
// First in, first out on equal slots: a query starts when it has arrived and the slot that is free
// first is free (Kiefer and Wolfowitz, 1955), so one pass over the arrivals gives every latency
// exactly. Which slot that is a tournament tells: a tree of losers (Knuth, volume 3, 5.4.1), whose
// path from a leaf to the root is played anew for each query, without branches.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "simulate/plain_loop.h"

namespace paragon::bench {

// Which of the slots is free first, and from when.
class FirstFree {
 public:
  // All are free at the start.
  explicit FirstFree(std::size_t slots) : leaves_(std::bit_ceil(slots)), losers_(leaves_) {
    std::vector<Entry> winners(2 * leaves_);
    for (std::size_t i = 0; i < leaves_; ++i) {
      winners[leaves_ + i] = entry(i < slots ? Time{} : kNever, i);  // the rest only fill the tree
    }
    for (std::size_t i = leaves_ - 1; i > 0; --i) {
      std::tie(winners[i], losers_[i]) = std::minmax({winners[2 * i], winners[2 * i + 1]});
    }
    losers_[0] = winners[1];
  }

  Time when() const { return at(Duration(static_cast<std::int64_t>(losers_[0] >> kSlotBits))); }
  // The slot that was free first is taken until then.
  void take_until(Time until) {
    const Entry slot = losers_[0] & kSlotMask;
    Entry winner = entry(until, slot);
    for (std::size_t i = (leaves_ + static_cast<std::size_t>(slot)) / 2; i > 0; i /= 2) {
      const Entry loser = losers_[i];
      const bool swap = loser < winner;
      losers_[i] = swap ? winner : loser;
      winner = swap ? loser : winner;
    }
    losers_[0] = winner;
  }

 private:
  // A time and a slot as one number: compared and moved at once, and no two are equal.
  __extension__ using Entry = unsigned __int128;
  static constexpr int kSlotBits = 32;
  static constexpr Entry kSlotMask = (Entry{1} << kSlotBits) - 1;

  static Entry entry(Time until, Entry slot) {
    return static_cast<Entry>(until.time_since_epoch().count()) << kSlotBits | slot;
  }

  std::size_t leaves_;
  std::vector<Entry> losers_;  // of the matches; 0: who won the last one
};

inline PlainResult fifo_recursion(Arrivals& arrivals, const Catalog& catalog, VariantId variant,
                                  Duration median, std::size_t slots, std::uint64_t seed) {
  PlainResult result;
  Random random(seed);
  const sim::ServiceTimes times(catalog);
  FirstFree free(slots);
  while (const std::optional<Time> arrival = arrivals.next()) {
    const auto quantile = static_cast<std::uint32_t>(random.bits() >> 32);
    const Time ends = std::max(*arrival, free.when()) + times.draw(variant, median, quantile);
    free.take_until(ends);
    result.latency.record(ends - *arrival);
    ++result.requests;
  }
  return result;
}

}  // namespace paragon::bench
