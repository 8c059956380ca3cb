// The last decisions, kept for explanation: what was asked, what was chosen and why, and what came
// of it.
//
// A ring of fixed size: the newest pushes out the oldest. A query that waits or is sent again has
// one record for each of its decisions, linked backwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "brain/query.h"
#include "brain/route.h"

namespace paragon {

enum class Fate { pending, answered, rejected, lost, throttled, abandoned, refused };
const char* name(Fate fate);

struct DecisionRecord {
  DecisionId decision;
  DecisionId previous;  // of the same query; equal to `decision` when it is the first
  QueryId query;
  std::optional<DecisionId> part_of;  // of the split whose member this is
  Time arrived{};
  Time decided{};
  TaskId task;
  Constraints constraints;  // as asked; the latency counts from `arrived`
  QueryClass query_class = QueryClass::strict;
  std::optional<double> percentile;
  std::string tenant;
  std::optional<VariantId> pinned;
  Where where = Wait{};
  std::optional<MachineOfferId> machine_offer;  // of OnMachine, kept because machines go
  Reason why = Reason::free_slot;
  Duration predicted_latency{};
  Dollars predicted_cost;
  int attempt = 0;  // sends to a machine or function so far, this one included

  Fate fate = Fate::pending;
  Duration latency{};  // actual, from arrival to answer
  Duration service{};
  Dollars cost;
  bool cold = false;
};

class Decisions {
 public:
  static constexpr std::size_t kKept = 65'536;

  // The record to fill for a new decision; valid until the next call.
  DecisionRecord& add(DecisionId id);
  // Null when it never was or is too old.
  DecisionRecord* find(DecisionId id);
  const DecisionRecord* find(DecisionId id) const { return const_cast<Decisions*>(this)->find(id); }
  // Up to `n` records, newest first.
  std::vector<const DecisionRecord*> last(std::size_t n) const;

 private:
  std::vector<DecisionRecord> ring_;  // by id modulo kKept, grown as ids come
  std::vector<bool> used_;
  std::uint64_t newest_ = 0;
};

}  // namespace paragon
