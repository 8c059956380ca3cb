// What runs next, and with what else in one batch.
//
// Pure: it has no timer and reads no clock; it is told the time and says when it is next due.
// Intuition: waiting for company only pays where a batch costs less than its members one by one,
// and only as long as nobody misses a deadline for it. So each variant has a rule: the largest
// batch, the longest wait, and how long a batch of n takes. A batch goes when it is full, when its
// oldest member has waited long enough, or when its most urgent one must leave now to be in time.
// Where batching is off (max_batch 1) everything goes at once.
//
// Promises:
// 1. Every item that was pushed is taken exactly once, at the latest when asked after due().
// 2. Earliest deadline first; items without one after those that have one, in order of arrival.
// 3. An item whose deadline has passed goes last (it is late already; others are not yet), but no
//    later than `kPatience` after its arrival.
// 4. A batch holds one variant only; an item pushed as `alone` is a batch of its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/check.h"
#include "base/id.h"
#include "base/time.h"

namespace paragon {

struct BatchRule {
  int max_batch = 1;    // 1: off
  Duration wait_max{};  // for company, counted from arrival
  Duration one{};       // a batch of n takes about one + (n - 1) x more
  Duration more{};

  Duration expected(int n) const { return one + more * std::max(0, n - 1); }
};

template <class Item>
class Batcher {
 public:
  static constexpr Duration kPatience = std::chrono::seconds(5);

  explicit Batcher(std::size_t variants) : lines_(variants) {}

  // From now on; items that wait already follow the new rule.
  void set_rule(VariantId variant, const BatchRule& rule) { lines_[variant.index()].rule = rule; }
  const BatchRule& rule(VariantId variant) const { return lines_[variant.index()].rule; }

  std::size_t size() const { return size_; }

  // deadline = kNever: none.
  void push(VariantId variant, Item item, Time deadline, bool alone, Time now) {
    Line& line = lines_[variant.index()];
    if (line.waiting.empty() && line.late.empty()) active_.push_back(variant);
    line.waiting.push_back({deadline, sequence_++, now, alone, std::move(item)});
    std::push_heap(line.waiting.begin(), line.waiting.end(), Later{});
    line.oldest = line.waiting.size() == 1 ? now : std::min(line.oldest, now);
    ++size_;
  }

  // The next batch to run now, in order of urgency; empty when nothing is ripe.
  void take(Time now, VariantId& variant, std::vector<Item>& batch) {
    batch.clear();
    for (const VariantId id : active_) set_late_aside(lines_[id.index()], now);
    Line* best = nullptr;
    bool best_late = false;
    for (const VariantId id : active_) {
      Line& line = lines_[id.index()];
      const bool overdue = !line.late.empty() && line.late.front().arrived + kPatience <= now;
      if (!overdue && !(ripe_at(line) <= now)) continue;
      if (best == nullptr || before(line, overdue, *best, best_late)) {
        best = &line;
        best_late = overdue;
        variant = id;
      }
    }
    if (best == nullptr && none_waiting()) {  // only late ones: the one that came first
      for (const VariantId id : active_) {
        Line& line = lines_[id.index()];
        if (best == nullptr || line.late.front().sequence < best->late.front().sequence) {
          best = &line;
          variant = id;
        }
      }
      best_late = true;
    }
    if (best != nullptr) fill(*best, best_late, batch);
    if (best != nullptr && best->waiting.empty() && best->late.empty()) {
      std::erase(active_, variant);
    }
  }

  // When take() next has something without another push; kNever when nothing waits.
  Time due() const {
    Time due = kNever;
    for (const VariantId id : active_) {
      const Line& line = lines_[id.index()];
      due = std::min(due, ripe_at(line));
      if (!line.late.empty()) {
        due = std::min(due, none_waiting() ? line.late.front().arrived
                                           : line.late.front().arrived + kPatience);
      }
    }
    return due;
  }

 private:
  struct Entry {
    Time deadline;
    std::uint64_t sequence;
    Time arrived;
    bool alone;
    Item item;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.deadline != b.deadline ? a.deadline > b.deadline : a.sequence > b.sequence;
    }
  };
  struct Line {
    BatchRule rule;
    std::vector<Entry> waiting;  // a heap, most urgent on top
    std::deque<Entry> late;      // in order of arrival
    Time oldest{};               // no later than any arrival in `waiting`, exact after a scan
  };

  bool none_waiting() const {
    return std::all_of(active_.begin(), active_.end(),
                       [this](VariantId id) { return lines_[id.index()].waiting.empty(); });
  }

  static Entry pop(std::vector<Entry>& heap) {
    std::pop_heap(heap.begin(), heap.end(), Later{});
    Entry entry = std::move(heap.back());
    heap.pop_back();
    return entry;
  }

  static void set_late_aside(Line& line, Time now) {
    while (!line.waiting.empty() && line.waiting.front().deadline < now) {
      line.late.push_back(pop(line.waiting));
    }
  }

  static Time ripe_at(const Line& line) {
    if (line.waiting.empty()) return kNever;
    const Entry& top = line.waiting.front();
    const int count = static_cast<int>(line.waiting.size());
    if (top.alone || count >= line.rule.max_batch) return top.arrived;
    Time at = line.oldest + line.rule.wait_max;
    if (top.deadline != kNever) {
      at = std::min(at, top.deadline - line.rule.expected(count + 1));
    }
    return at;
  }

  static bool before(const Line& a, bool a_late, const Line& b, bool b_late) {
    if (a_late != b_late) return a_late;
    const Entry& x = a_late ? a.late.front() : a.waiting.front();
    const Entry& y = b_late ? b.late.front() : b.waiting.front();
    if (a_late) return x.sequence < y.sequence;
    return Later{}(y, x);
  }

  void fill(Line& line, bool late, std::vector<Item>& batch) {
    const auto most = static_cast<std::size_t>(std::max(1, line.rule.max_batch));
    bool more = true;
    while (more && batch.size() < most) {
      if (late ? line.late.empty() : line.waiting.empty()) break;
      if (!batch.empty() && (late ? line.late.front() : line.waiting.front()).alone) break;
      if (late) {
        more = !line.late.front().alone;
        batch.push_back(std::move(line.late.front().item));
        line.late.pop_front();
      } else {
        Entry entry = pop(line.waiting);
        more = !entry.alone;
        batch.push_back(std::move(entry.item));
      }
      --size_;
    }
    if (!late && line.rule.max_batch > 1 && !line.waiting.empty()) {
      line.oldest =
          std::min_element(line.waiting.begin(), line.waiting.end(),
                           [](const Entry& a, const Entry& b) { return a.arrived < b.arrived; })
              ->arrived;
    }
  }

  std::vector<Line> lines_;        // one a variant
  std::vector<VariantId> active_;  // those in which something waits
  std::uint64_t sequence_ = 0;
  std::size_t size_ = 0;
};

}  // namespace paragon
