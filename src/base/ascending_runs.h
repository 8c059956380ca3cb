// A priority queue over small integers that can also drop any member, for keys that come nearly in
// order: the waiting room's two orders.
//
// Queries with equal bounds have deadlines in the order of their arrival, so a few runs, each an
// ascending list, hold nearly all of them, and the least key is at the head of one. What fits
// behind no run goes to a heap, so the worst case is that of a heap.
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
  bool contains(Slot slot) const { return slot < nodes_.size() && nodes_[slot].run != kAbsent; }
  Slot top() const { return top_; }
  const Key& top_key() const { return nodes_[top_].key; }
  // The slot will be pushed soon. Worth it where many slots are in use, far from the processor.
  void prefetch(Slot slot) const {
    if (slot < nodes_.size()) __builtin_prefetch(&nodes_[slot]);
  }

  void push(Slot slot, Key key) {
    if (slot >= nodes_.size()) nodes_.resize(slot + 1);
    Node& node = nodes_[slot];
    PARAGON_CHECK(node.run == kAbsent, "slot is in the queue already");
    // Behind the run that comes nearest to it, so that the others stay open to smaller keys.
    std::uint32_t at = kHeap;
    for (std::uint32_t r = 0; r < begun_; ++r) {
      if (!(key < runs_[r].end) && (at == kHeap || runs_[at].end < runs_[r].end)) at = r;
    }
    if (at == kHeap && begun_ < kRuns) at = begun_++;
    node.key = key;
    node.run = at;
    if (at == kHeap) {
      rest_.push(slot, key);
    } else {
      Run& run = runs_[at];
      node.previous = run.last;
      node.next = kNone;
      (run.last == kNone ? run.first : nodes_[run.last].next) = slot;
      run.last = slot;
      run.end = key;
    }
    if (size_++ == 0 || key < top_key()) top_ = slot;
  }
  void pop() { erase(top_); }
  void erase(Slot slot) {
    PARAGON_CHECK(contains(slot), "slot is not in the queue");
    Node& node = nodes_[slot];
    if (node.run == kHeap) {
      rest_.erase(slot);
    } else {
      take_out(node);
    }
    node.run = kAbsent;
    --size_;
    if (slot == top_) find_top();
  }

 private:
  static constexpr std::uint32_t kRuns = 8;
  static constexpr std::uint32_t kHeap = kRuns;
  static constexpr std::uint32_t kAbsent = kRuns + 1;
  static constexpr Slot kNone = UINT32_MAX;

  struct Node {
    Key key{};
    Slot previous = kNone;  // in its run
    Slot next = kNone;
    std::uint32_t run = kAbsent;
  };
  struct Run {
    Slot first = kNone;
    Slot last = kNone;
    Key end{};  // key of the last one; Key{} where it is empty
  };

  void take_out(const Node& node) {
    Run& run = runs_[node.run];
    (node.previous == kNone ? run.first : nodes_[node.previous].next) = node.next;
    if (node.next != kNone) {
      nodes_[node.next].previous = node.previous;
      return;
    }
    run.last = node.previous;
    run.end = run.last == kNone ? Key{} : nodes_[run.last].key;
    while (begun_ > 0 && runs_[begun_ - 1].first == kNone) --begun_;
  }
  void find_top() {
    top_ = rest_.empty() ? kNone : rest_.top();
    for (std::uint32_t r = 0; r < begun_; ++r) {
      const Slot first = runs_[r].first;
      if (first != kNone && (top_ == kNone || nodes_[first].key < top_key())) top_ = first;
    }
    if (top_ != kNone) prefetch(nodes_[top_].next);  // the next one, most likely
  }

  std::vector<Node> nodes_;  // by slot
  std::array<Run, kRuns> runs_;
  std::uint32_t begun_ = 0;  // runs from here on are empty
  IndexedHeap<Key> rest_;
  std::size_t size_ = 0;
  Slot top_ = kNone;  // of the least key
};

}  // namespace paragon
