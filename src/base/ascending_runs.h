// A priority queue over small integers that can also drop any member, for keys that come nearly in
// order: the waiting room's two orders.
//
// Queries with equal bounds have deadlines in the order of their arrival, so a few runs, each
// ascending and each a ring, hold nearly all of them, and the least key is at the head of one. What
// fits behind no run goes to a heap, so the worst case is that of a heap. A member that leaves from
// the middle of a run is only marked: it is skipped when it comes to the head, or swept out when
// there are more marks than members.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "base/heap.h"

namespace paragon {

// No key may be less than Key{}.
template <class Key>
class AscendingRuns {
 public:
  using Slot = std::uint32_t;

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  bool contains(Slot slot) const { return slot < seat_.size() && seat_[slot].run != kAbsent; }
  Slot top() const { return least_ == kHeap ? rest_.top() : runs_[least_].head().slot; }
  const Key& top_key() const { return key_of(least_); }

  void push(Slot slot, Key key) {
    if (slot >= seat_.size()) seat_.resize(slot + 1);
    PARAGON_CHECK(seat_[slot].run == kAbsent, "slot is in the queue already");
    // Behind the run that comes nearest to it, so that the others stay open to smaller keys.
    std::uint32_t at = kHeap;
    for (std::uint32_t r = 0; r < begun_; ++r) {
      if (!(key < last_[r]) && (at == kHeap || last_[at] < last_[r])) at = r;
    }
    if (at == kHeap && begun_ < kRuns) at = begun_++;
    if (at == kHeap) {
      rest_.push(slot, key);
      seat_[slot] = {at, 0};
    } else {
      seat_[slot] = {at, runs_[at].push({key, slot})};
      last_[at] = key;
    }
    if (size_++ == 0 || key < key_of(least_)) least_ = at;
  }
  void pop() { erase(top()); }
  void erase(Slot slot) {
    PARAGON_CHECK(contains(slot), "slot is not in the queue");
    const Seat seat = seat_[slot];
    seat_[slot] = {};
    --size_;
    if (seat.run == kHeap) {
      rest_.erase(slot);
    } else {
      Run& run = runs_[seat.run];
      run[seat.index].slot = kGone;
      ++gone_;
      for (; run.size > 0 && run.head().slot == kGone; --gone_) run.pop();
      if (run.size == 0) last_[seat.run] = Key{};
      while (begun_ > 0 && runs_[begun_ - 1].size == 0) --begun_;
      if (gone_ > size_ + kFewGone) sweep();
    }
    if (seat.run == least_) find_least();
  }

 private:
  static constexpr std::uint32_t kRuns = 8;
  static constexpr std::uint32_t kHeap = kRuns;
  static constexpr std::uint32_t kAbsent = kRuns + 1;
  static constexpr Slot kGone = UINT32_MAX;
  static constexpr std::size_t kFewGone = 64;

  struct Entry {
    Key key;
    Slot slot;
  };
  struct Seat {
    std::uint32_t run = kAbsent;
    std::uint64_t index = 0;  // of all that ever stood in the run
  };
  struct Run {
    std::vector<Entry> ring;  // as long as a power of two
    std::uint64_t first = 0;  // index of the head
    std::size_t size = 0;

    Entry& operator[](std::uint64_t index) { return ring[index & (ring.size() - 1)]; }
    const Entry& head() const { return ring[first & (ring.size() - 1)]; }
    std::uint64_t push(const Entry& entry) {
      if (size == ring.size()) grow();
      const std::uint64_t index = first + size++;
      (*this)[index] = entry;
      return index;
    }
    void pop() {
      ++first;
      --size;
    }
    void grow() {
      std::vector<Entry> larger(ring.empty() ? 64 : 2 * ring.size());
      for (std::uint64_t i = first; i < first + size; ++i) {
        larger[i & (larger.size() - 1)] = (*this)[i];
      }
      ring.swap(larger);
    }
  };

  const Key& key_of(std::uint32_t at) const {
    return at == kHeap ? rest_.top_key() : runs_[at].head().key;
  }
  void find_least() {
    least_ = kHeap;
    for (std::uint32_t r = 0; r < begun_; ++r) {
      if (runs_[r].size == 0) continue;
      if (least_ == kHeap ? rest_.empty() || runs_[r].head().key < rest_.top_key()
                          : runs_[r].head().key < runs_[least_].head().key) {
        least_ = r;
      }
    }
  }
  void sweep() {
    for (std::uint32_t r = 0; r < begun_; ++r) {
      Run& run = runs_[r];
      std::uint64_t to = run.first;
      for (std::uint64_t from = run.first; from < run.first + run.size; ++from) {
        if (run[from].slot == kGone) continue;
        run[to] = run[from];
        seat_[run[to].slot].index = to;
        ++to;
      }
      run.size = to - run.first;
    }
    gone_ = 0;
  }

  std::array<Run, kRuns> runs_;
  std::uint32_t begun_ = 0;        // runs from here on are empty
  std::array<Key, kRuns> last_{};  // key at the end of each run; Key{} where it is empty
  IndexedHeap<Key> rest_;
  std::vector<Seat> seat_;  // by slot
  std::size_t size_ = 0;
  std::size_t gone_ = 0;         // marked, still in a run
  std::uint32_t least_ = kHeap;  // the run with the least head, while there is any member
};

}  // namespace paragon
