// The waiting room: accepted queries without a slot, in the order of their deadlines.
//
// Two orders over the same queries: who is served next when a slot frees (earliest deadline first),
// and who must leave for a function first (its last responsible moment). A query without a latency
// bound stands as if it had a minute. One that is late already stands as if it had ten times its
// bound (a second at least, a minute at most): behind those that it would make late, and never for
// ever, for under lasting overload there is always someone who can still be on time.
//
// Bound: settings.waiting_max queries; the next one is refused with waiting_room_full.
#pragma once

#include "base/ascending_runs.h"
#include "base/time.h"
#include "brain/flights.h"

namespace paragon {

class Waiting {
 public:
  // `leave_at` kNever: it waits for a machine, whatever happens.
  void add(std::uint32_t row, Flight& flight, Time leave_at);
  void remove(std::uint32_t row, Flight& flight);
  // Its deadline can no longer be met: from now on it stands with the late ones.
  void demote(std::uint32_t row, const Flight& flight);

  // It may be added soon.
  void prefetch(std::uint32_t row) const {
    by_deadline_.prefetch(row);
    by_leave_.prefetch(row);
  }

  bool empty() const { return by_deadline_.empty(); }
  std::size_t size() const { return by_deadline_.size(); }
  std::uint32_t first() const { return by_deadline_.top(); }
  // Row of the query that must leave first, and when.
  Time next_leave() const { return by_leave_.empty() ? kNever : by_leave_.top_key().when; }
  std::uint32_t first_to_leave() const { return by_leave_.top(); }
  void stay(std::uint32_t row) { by_leave_.erase(row); }  // its moment has passed, it waits on
  bool may_leave(std::uint32_t row) const { return by_leave_.contains(row); }
  // Some would wait for ever without a machine.
  bool needs_machine() const { return by_leave_.size() < by_deadline_.size(); }

  // Machine time the waiting queries need, of all or of the strict ones alone (who go first).
  Duration backlog() const { return backlog_; }
  Duration strict_backlog() const { return strict_backlog_; }

 private:
  struct Key {
    Time when;
    std::uint64_t decision;  // order of arrival breaks ties, so the order is total
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees a literal 0 in the default
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  static constexpr Duration kPatience = std::chrono::seconds(60);
  static constexpr Duration kLatePatienceLeast = std::chrono::seconds(1);
  static constexpr int kLatePatience = 10;  // times the query's own bound

  AscendingRuns<Key> by_deadline_;
  AscendingRuns<Key> by_leave_;
  Duration backlog_{};
  Duration strict_backlog_{};
};

}  // namespace paragon
