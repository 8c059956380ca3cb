// Model selection: which variant a query gets, from its bounds and its objective (paper III-A).
//
// A variant is feasible when some offer runs it within the bounds, by the profiles. Among the
// feasible ones the objective decides; ties go to the cheaper, the faster, then the first in the
// catalog. The three named objectives are sorted once, so the usual selection stops at the first
// variant that fits: tens of nanoseconds for a hundred variants, and never an allocation.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "base/units.h"
#include "catalog/catalog.h"
#include "catalog/constraints.h"

namespace paragon {

// What a variant can do at best on anything the catalog offers.
struct Candidate {
  VariantId variant;
  Accuracy accuracy;
  Duration latency{};      // least median service time plus overhead
  Dollars cost;            // least price of one query: its share of a machine, or a function call
  bool placeable = false;  // some offer runs it
};

// The best that any variant of a task reaches on each bound by itself: for error messages.
struct Limits {
  Accuracy accuracy;
  Duration latency{};
  Dollars cost;
};

// What selection makes of a query: the variant, and the bounds that matter from then on. It follows
// from the catalog and the settings alone, so whoever asks for the same again may keep it.
struct Selected {
  std::optional<VariantId> variant;  // nothing: none meets the bounds
  QueryClass query_class = QueryClass::strict;
  std::optional<Duration> max_latency;
  std::optional<Dollars> max_cost;
};

class Selector {
 public:
  // `overhead` is added to every latency; functions count only if `functions`, machines likewise.
  Selector(const Catalog& catalog, Duration overhead, bool machines, bool functions);

  // The most accurate that can be placed at all, whatever the bounds (paper figure 9c: naive).
  std::optional<VariantId> most_accurate(TaskId task) const;
  // Nothing: no variant of the task meets the bounds.
  std::optional<VariantId> select(TaskId task, const Constraints& constraints) const;
  bool meets(VariantId variant, const Constraints& constraints) const;
  Limits limits(TaskId task) const;
  const Candidate& candidate(VariantId variant) const { return candidates_[variant.index()]; }

 private:
  struct PerTask {
    std::vector<VariantId> by_cost;
    std::vector<VariantId> by_latency;
    std::vector<VariantId> by_accuracy;
  };
  std::vector<Candidate> candidates_;  // by variant
  std::vector<PerTask> tasks_;
};

}  // namespace paragon
