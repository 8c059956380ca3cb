// The queries the brain has accepted and not yet finished: one row each, rows reused. A warm-up
// call (a function call without a query) has a row too, so that its end finds it the same way.
//
// A QueryId is a row and its generation, so finding one is an array access and an id from the past
// finds nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "base/check.h"
#include "base/id.h"
#include "base/time.h"
#include "base/units.h"
#include "brain/function_pool.h"
#include "brain/query.h"

namespace paragon {

inline constexpr std::uint32_t kNoRow = UINT32_MAX;

// Small, because every query passes through one: what only the decision needs is not kept.
// Thousands may wait, so most are far from the processor when their time comes: what a machine
// needs of one is one cache line.
struct alignas(64) MachineFlight {
  enum class Place : std::uint8_t { none, waiting, machine, function, warm_up };

  Time arrived{};
  Time deadline = kNever;
  Time started{};  // of the attempt: when its slot or environment was taken
  DecisionId decision;
  Duration queued{};  // machine time it adds to the waiting room's backlog
  VariantId variant;
  VariantId on_function;  // what it gets there: the same, unless its bounds forbid that
  std::uint32_t machine_row = kNoRow;  // place == machine: row in the fleet
  std::uint32_t generation = 0;
  std::uint32_t next_free = kNoRow;
  std::uint8_t attempts = 0;
  Place place = Place::none;
  QueryClass query_class : 8 = QueryClass::strict;
  bool late : 1 = false;  // was found unable to meet its deadline while it waited
  bool has_cost_bound : 1 = false;
};
static_assert(sizeof(MachineFlight) == 64, "one cache line");

// And what is asked of those that may leave for a function. Left as it was where a row is used
// again: nobody looks at it before it is set.
struct Flight : MachineFlight {
  Dollars cost_bound;                       // has_cost_bound
  Dollars reserved;                         // of the budget, for the call
  FunctionOfferId function;                 // place == function or warm_up
  FunctionPool::Environment environment{};  // likewise: what the call was expected to meet

  void bound_cost(Dollars at_most) {
    has_cost_bound = true;
    cost_bound = at_most;
  }
};

class Flights {
 public:
  // Row for a new query; what a machine needs of it is fresh but for the generation.
  std::uint32_t open() {
    std::uint32_t row = free_;
    if (row == kNoRow) {
      row = static_cast<std::uint32_t>(rows_.size());
      rows_.emplace_back();
    } else {
      free_ = rows_[row].next_free;
    }
    const std::uint32_t generation = rows_[row].generation + 1;
    static_cast<MachineFlight&>(rows_[row]) = MachineFlight{};
    rows_[row].generation = generation;
    if (free_ != kNoRow) prefetch(free_);  // the next one, if none is closed before
    ++count_;
    return row;
  }
  void close(std::uint32_t row) {
    rows_[row].place = Flight::Place::none;
    ++rows_[row].generation;  // outstanding ids find nothing from now on
    rows_[row].next_free = free_;
    free_ = row;
    --count_;
  }
  QueryId id(std::uint32_t row) const {
    return QueryId{(static_cast<std::uint64_t>(rows_[row].generation) << 32) | row};
  }
  static std::uint32_t row_of(QueryId id) { return static_cast<std::uint32_t>(id.value); }
  std::uint32_t find(QueryId id) const {
    const std::uint32_t row = row_of(id);
    return row < rows_.size() && rows_[row].generation == id.value >> 32 ? row : kNoRow;
  }
  // It will be looked at soon.
  void prefetch(std::uint32_t row) const { __builtin_prefetch(&rows_[row]); }
  Flight& operator[](std::uint32_t row) { return rows_[row]; }
  const Flight& operator[](std::uint32_t row) const { return rows_[row]; }
  std::size_t rows() const { return rows_.size(); }
  std::size_t count() const { return count_; }

 private:
  std::vector<Flight> rows_;
  std::uint32_t free_ = kNoRow;
  std::size_t count_ = 0;
};

}  // namespace paragon
