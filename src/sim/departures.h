// The simulator's event list: which attempt ends next.
//
// A calendar (Brown, 1988): a ring of days, each with an unordered list of what ends on it, so that
// neither putting in nor taking out depends on how many there are. Only today is kept in order.
// What is further off than the ring reaches waits in a heap. A day is a fraction of the time from
// one departure to the next, so nearly every day has one at most: nothing to sort, and the
// processor foresees that. A year (the ring) is several times as long as an attempt takes. Both are
// looked after as the load changes. Which entry comes first never depends on them: ties go to the
// smaller decision, so the order is total (decisions count up; after 2^32 of them a tie may fall
// the other way, alike in every run).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "base/time.h"
#include "sim/departure_heap.h"

namespace paragon::sim {

class Departures {
 public:
  Departures() { lay_out(kDaysLeast, kShiftFirst); }

  bool empty() const { return today_.empty(); }
  std::size_t size() const { return today_.size() + in_ring_ + far_.size(); }
  Time next() const { return today_.empty() ? kNever : today_.back().when; }
  const Departure& top() const { return today_.back(); }

  void push(const Departure& departure) {
    const std::int64_t day = day_of(departure);
    if (today_.empty()) {
      day_ = day;
      today_.push_back(departure);
    } else if (day <= day_) {
      insert_today(departure);
    } else {
      put_ahead(departure, day);
    }
  }

  void pop() {
    if (++popped_ >= look_after_) adapt();
    today_.pop_back();
    if (today_.empty() && in_ring_ + far_.size() > 0) turn_page();
  }

 private:
  static constexpr std::size_t kDaysLeast = 256;
  static constexpr std::size_t kDaysMost = 1 << 18;
  static constexpr int kShiftFirst = 20;              // a day of about a millisecond
  static constexpr int kGapBits = 3;                  // 4 to 8 days from one departure to the next
  static constexpr std::size_t kDaysADeparture = 16;  // in the ring, for each that is to come
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Node {
    Departure departure;
    std::uint32_t next = kNone;
  };

  std::int64_t day_of(const Departure& d) const {
    return d.when.time_since_epoch().count() >> shift_;
  }
  void insert_today(const Departure& departure) {  // latest first
    std::size_t at = today_.size();
    today_.push_back(departure);
    for (; at > 0 && key_of(today_[at - 1]) < key_of(departure); --at) today_[at] = today_[at - 1];
    today_[at] = departure;
  }
  void put_ahead(const Departure& departure, std::int64_t day) {
    if (day - day_ >= static_cast<std::int64_t>(first_.size())) return far_.push(departure);
    const std::size_t slot = static_cast<std::size_t>(day) & (first_.size() - 1);
    std::uint32_t node = free_;
    if (node == kNone) {
      node = static_cast<std::uint32_t>(nodes_.size());
      nodes_.emplace_back();
    } else {
      free_ = nodes_[node].next;
    }
    nodes_[node] = {departure, first_[slot]};
    first_[slot] = node;
    used_[slot / 64] |= 1ULL << (slot % 64);
    ++in_ring_;
  }

  // Today is over: to the next day with something on it.
  void turn_page() {
    std::int64_t day = in_ring_ > 0 ? next_in_ring() : day_of(far_.top());
    if (!far_.empty()) day = std::min(day, day_of(far_.top()));
    day_ = day;
    while (!far_.empty() && day_of(far_.top()) == day) {
      insert_today(far_.top());
      far_.pop();
    }
    const std::size_t slot = static_cast<std::size_t>(day) & (first_.size() - 1);
    std::uint32_t node = first_[slot];
    if (node == kNone) return;
    first_[slot] = kNone;
    used_[slot / 64] &= ~(1ULL << (slot % 64));
    while (node != kNone) {
      Node& n = nodes_[node];
      insert_today(n.departure);
      const std::uint32_t next = n.next;
      n.next = free_;
      free_ = node;
      node = next;
      --in_ring_;
    }
  }
  std::int64_t next_in_ring() const {
    const std::size_t mask = first_.size() - 1;
    const std::size_t start = static_cast<std::size_t>(day_ + 1) & mask;
    std::size_t word = start / 64;
    std::uint64_t bits = used_[word] & (~0ULL << (start % 64));
    while (bits == 0) {
      word = (word + 1) & (used_.size() - 1);
      bits = used_[word];
    }
    const std::size_t slot = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
    return day_ + 1 + static_cast<std::int64_t>((slot - start) & mask);
  }

  // Once in about a year: do days and year still fit?
  void adapt() {
    const Time now = today_.back().when;
    const std::int64_t gap = (now - looked_after_).count() / static_cast<std::int64_t>(popped_);
    const int gap_bits = std::bit_width(static_cast<std::uint64_t>(gap));
    const int shift = std::clamp(gap_bits - kGapBits, 4, 50);
    const std::size_t days =
        std::clamp(std::bit_ceil(kDaysADeparture * size()), kDaysLeast, kDaysMost);
    looked_after_ = now;
    popped_ = 0;
    const bool short_days = std::abs(shift - shift_) > 1;
    if (!short_days && days <= first_.size() && 4 * days >= first_.size()) return;
    std::vector<Departure> all(today_);
    for (std::uint32_t first : first_) {
      for (; first != kNone; first = nodes_[first].next) all.push_back(nodes_[first].departure);
    }
    for (; !far_.empty(); far_.pop()) all.push_back(far_.top());
    lay_out(days, shift);
    day_ = day_of({now});
    for (const Departure& d : all) {
      const std::int64_t day = day_of(d);
      day <= day_ ? insert_today(d) : put_ahead(d, day);
    }
  }
  void lay_out(std::size_t days, int shift) {
    shift_ = shift;
    first_.assign(days, kNone);
    used_.assign(days / 64, 0);
    look_after_ = days >> kGapBits;
    today_.clear();
    nodes_.clear();
    free_ = kNone;
    in_ring_ = 0;
  }

  int shift_ = 0;                     // a day is 2^shift_ ns
  std::int64_t day_ = 0;              // of today_
  std::vector<Departure> today_;      // the next one last; empty only if there are no others
  std::vector<std::uint32_t> first_;  // node, by day
  std::vector<std::uint64_t> used_;   // a bit for each day with a node
  std::vector<Node> nodes_;
  std::uint32_t free_ = kNone;
  std::size_t in_ring_ = 0;
  DepartureHeap far_;
  std::size_t popped_ = 0;  // since looked_after_
  std::size_t look_after_ = 0;
  Time looked_after_{};
};

}  // namespace paragon::sim
