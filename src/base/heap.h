// A heap over small integers that can also drop any member.
//
// Members are slots 0..n-1 of some table; each has one key of its own. 4-ary, because departures
// dominate and four children share a cache line (bench/ has the figures). Nothing is allocated once
// reserve() has seen the highest slot.
#pragma once

#include <cstdint>
#include <vector>

#include "base/check.h"

namespace paragon {

template <class Key>
class IndexedHeap {
 public:
  using Slot = std::uint32_t;

  void reserve(std::size_t slots) {
    if (slots > place_.size()) place_.resize(slots, kAbsent);
    heap_.reserve(slots);
  }
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  bool contains(Slot slot) const { return slot < place_.size() && place_[slot] != kAbsent; }
  Slot top() const { return heap_.front().slot; }
  const Key& top_key() const { return heap_.front().key; }

  void push(Slot slot, Key key) {
    if (slot >= place_.size()) place_.resize(slot + 1, kAbsent);
    PARAGON_CHECK(place_[slot] == kAbsent, "slot is in the heap already");
    heap_.push_back({key, slot});
    rise(heap_.size() - 1);
  }
  void pop() { erase(top()); }
  void erase(Slot slot) {
    PARAGON_CHECK(contains(slot), "slot is not in the heap");
    const std::size_t hole = place_[slot];
    place_[slot] = kAbsent;
    const Entry last = heap_.back();
    heap_.pop_back();
    if (hole == heap_.size()) return;
    heap_[hole] = last;
    place_[last.slot] = static_cast<std::uint32_t>(hole);
    rise(hole);
    sink(place_[last.slot]);
  }

 private:
  static constexpr std::uint32_t kAbsent = UINT32_MAX;
  struct Entry {
    Key key;
    Slot slot;
  };

  void put(std::size_t i, const Entry& entry) {
    heap_[i] = entry;
    place_[entry.slot] = static_cast<std::uint32_t>(i);
  }
  void rise(std::size_t i) {
    const Entry entry = heap_[i];
    for (; i > 0; i = (i - 1) / 4) {
      const Entry& parent = heap_[(i - 1) / 4];
      if (!(entry.key < parent.key)) break;
      put(i, parent);
    }
    put(i, entry);
  }
  void sink(std::size_t i) {
    const Entry entry = heap_[i];
    for (;;) {
      const std::size_t first = 4 * i + 1;
      if (first >= heap_.size()) break;
      std::size_t least = first;
      for (std::size_t c = first + 1; c < first + 4 && c < heap_.size(); ++c) {
        if (heap_[c].key < heap_[least].key) least = c;
      }
      if (!(heap_[least].key < entry.key)) break;
      put(i, heap_[least]);
      i = least;
    }
    put(i, entry);
  }

  std::vector<Entry> heap_;
  std::vector<std::uint32_t> place_;
};

}  // namespace paragon
