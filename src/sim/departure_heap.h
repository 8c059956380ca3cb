// Attempts in the order of their ends, as a heap: what is too far off for the calendar
// (departures.h).
//
// 4-ary, of 16-byte entries laid out so that four children share one cache line.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "base/time.h"

namespace paragon::sim {

struct Departure {
  Time when;
  std::uint32_t decision = 0;  // low half: an attempt that was given up since has another
  std::uint32_t row = 0;       // of the query
};

// What orders them, as one number. Times are never negative, so unsigned comparison does it.
__extension__ using DepartureKey = unsigned __int128;
inline DepartureKey key_of(const Departure& d) {
  return (static_cast<DepartureKey>(d.when.time_since_epoch().count()) << 64) |
         (static_cast<std::uint64_t>(d.decision) << 32 | d.row);
}

class DepartureHeap {
 public:
  DepartureHeap() { grow(); }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  const Departure& top() const { return *heap(); }

  void push(const Departure& departure) {
    if (size_ + kPadding == room_) grow();
    Departure* const h = heap();
    rise(h, size_++, departure);
  }

  void pop() {
    Departure* const h = heap();
    const Departure last = h[--size_];
    if (size_ == 0) return;
    // The hole sinks to a leaf, and the last entry, which nearly always belongs far down, rises
    // from there: fewer comparisons, and a loop whose length can be foreseen.
    std::size_t hole = 0;
    std::size_t first = 1;
    for (; first + 4 <= size_; first = 4 * hole + 1) {
      const std::size_t least = first + least_of_four(h + first);
      h[hole] = h[least];
      hole = least;
    }
    if (first < size_) {
      std::size_t least = first;
      for (std::size_t c = first + 1; c < size_; ++c) {
        if (key_of(h[c]) < key_of(h[least])) least = c;
      }
      h[hole] = h[least];
      hole = least;
    }
    rise(h, hole, last);
  }

 private:
  using Key = DepartureKey;
  // Before the root, so that the children of any entry begin a cache line.
  static constexpr std::size_t kPadding = 3;
  static constexpr std::align_val_t kLine{64};

  static void rise(Departure* h, std::size_t hole, const Departure& departure) {
    const Key key = key_of(departure);
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / 4;
      if (key_of(h[parent]) <= key) break;
      h[hole] = h[parent];
      hole = parent;
    }
    h[hole] = departure;
  }
  // Without branches: which child is least is a coin toss.
  static std::size_t least_of_four(const Departure* c) {
    const Key k0 = key_of(c[0]);
    const Key k1 = key_of(c[1]);
    const Key k2 = key_of(c[2]);
    const Key k3 = key_of(c[3]);
    const std::size_t a = k1 < k0 ? 1 : 0;
    const std::size_t b = k3 < k2 ? 1 : 0;
    const Key left = k0 ^ ((k0 ^ k1) & -static_cast<Key>(a));
    const Key right = k2 ^ ((k2 ^ k3) & -static_cast<Key>(b));
    const std::size_t c01 = right < left ? 1 : 0;
    return a ^ ((a ^ (b + 2)) & -c01);
  }

  Departure* heap() const { return entries_.get() + kPadding; }
  void grow() {
    const std::size_t room = room_ == 0 ? 1024 : 2 * room_;
    Entries larger(new (kLine) Departure[room]);
    for (std::size_t i = 0; i < size_; ++i) larger[i + kPadding] = entries_[i + kPadding];
    entries_ = std::move(larger);
    room_ = room;
  }

  struct Free {
    void operator()(Departure* entries) const { operator delete[](entries, kLine); }
  };
  using Entries = std::unique_ptr<Departure[], Free>;
  Entries entries_;
  std::size_t room_ = 0;
  std::size_t size_ = 0;
};

}  // namespace paragon::sim
