// The simulator's event list: which attempt ends next.
//
// A 4-ary heap of 16-byte entries: four children share a cache line, and the key is compared as one
// 128-bit number. Ties go to the smaller decision, so the order is total (decisions count up; after
// 2^32 of them a tie may fall the other way, alike in every run).
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"

namespace paragon::sim {

struct Departure {
  Time when;
  std::uint32_t decision = 0;  // low half: an attempt that was given up since has another
  std::uint32_t row = 0;       // of the query
};

class Departures {
 public:
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  Time next() const { return heap_.empty() ? kNever : heap_.front().when; }
  const Departure& top() const { return heap_.front(); }

  void push(const Departure& departure) {
    std::size_t i = heap_.size();
    heap_.push_back(departure);
    const Key key = key_of(departure);
    while (i > 0) {
      const std::size_t parent = (i - 1) / 4;
      if (key_of(heap_[parent]) <= key) break;
      heap_[i] = heap_[parent];
      i = parent;
    }
    heap_[i] = departure;
  }

  void pop() {
    const Departure last = heap_.back();
    heap_.pop_back();
    const std::size_t n = heap_.size();
    if (n == 0) return;
    const Key key = key_of(last);
    std::size_t i = 0;
    for (std::size_t first = 1; first < n; first = 4 * i + 1) {
      const std::size_t least = first + 4 <= n ? least_of_four(first) : least_of_few(first, n);
      if (key <= key_of(heap_[least])) break;
      heap_[i] = heap_[least];
      i = least;
    }
    heap_[i] = last;
  }

 private:
  __extension__ using Key = unsigned __int128;
  // Times are never negative, so unsigned comparison orders them.
  static Key key_of(const Departure& d) {
    return (static_cast<Key>(d.when.time_since_epoch().count()) << 64) |
           (static_cast<std::uint64_t>(d.decision) << 32 | d.row);
  }
  // Without branches: which child is least is a coin toss.
  std::size_t least_of_four(std::size_t first) const {
    const Departure* c = heap_.data() + first;
    const std::size_t a = key_of(c[1]) < key_of(c[0]) ? 1 : 0;
    const std::size_t b = key_of(c[3]) < key_of(c[2]) ? 3 : 2;
    return first + (key_of(c[b]) < key_of(c[a]) ? b : a);
  }
  std::size_t least_of_few(std::size_t first, std::size_t n) const {
    std::size_t least = first;
    for (std::size_t c = first + 1; c < n; ++c) {
      if (key_of(heap_[c]) < key_of(heap_[least])) least = c;
    }
    return least;
  }

  std::vector<Departure> heap_;
};

}  // namespace paragon::sim
