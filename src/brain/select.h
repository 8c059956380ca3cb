// Model selection: which variant a query gets, or which ensemble of several, from its bounds and
// its objective (paper III-A).
//
// One is feasible when what the catalog offers runs it within the bounds, by the profiles. Among
// the feasible ones the objective decides; ties go to the cheaper, the faster, then the first in
// the catalog. Where none is feasible, `nearest` says what each would need, and `closest` is the
// one that asks for the least. Everything is precomputed (candidate_index.h): no selection
// allocates.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "brain/candidate_index.h"
#include "catalog/catalog.h"
#include "catalog/constraints.h"

namespace paragon {

// The best that any pick for a task reaches on each bound by itself: for error messages.
struct Limits {
  Accuracy accuracy;
  Duration latency{};
  Dollars cost;
};

// What would have to give for a pick to be feasible: the bounds that it does not meet, each with
// the tightest value that it does. Nothing set: it meets them all.
struct Relaxation {
  Pick pick;
  std::optional<Accuracy> min_accuracy;
  std::optional<Duration> max_latency;
  std::optional<Dollars> max_cost;
  // By how much in all: each bound's excess (or lack) as a share of the bound, added up. A bound of
  // 0 has no share, so there the excess counts as it is, in dollars.
  double total = 0;

  bool none() const { return !min_accuracy && !max_latency && !max_cost; }
  // The bounds as they would have to be.
  Constraints applied_to(Constraints constraints) const;
};

// What selection makes of a query: the pick, and the bounds that matter from then on. It follows
// from the catalog, the settings and what was learned of accuracies, so whoever asks for the same
// again may keep it while Selector::generation() stays the same.
struct Selected {
  std::optional<Pick> pick;  // nothing: none meets the bounds
  // What a function answers with, should the query have to leave for one (function_reach.h). The
  // picked variant, unless no function runs that within the bounds and some function does run
  // another: a bound counts for more than the objective, a lesser answer for more than none.
  VariantId on_function;
  QueryClass query_class = QueryClass::strict;
  std::optional<Duration> max_latency;
  std::optional<Dollars> max_cost;
};

// The variant's name, or the ensemble's.
const std::string& name(const Catalog& catalog, const Pick& pick);

class Selector {
 public:
  static constexpr std::size_t kNearest = 3;  // so many are worth telling

  // `overhead` is added to every latency; functions count only if `functions`, machines likewise.
  Selector(const Catalog& catalog, Duration overhead, bool machines, bool functions);

  // The most accurate that can be placed at all, whatever the bounds (paper figure 9c: naive).
  std::optional<Pick> most_accurate(TaskId task) const;
  // Nothing: nothing for the task meets the bounds. Weights must not be negative.
  std::optional<Pick> select(TaskId task, const Constraints& constraints) const;
  bool meets(const Pick& pick, const Constraints& constraints) const;
  Limits limits(TaskId task) const;
  const Candidate& candidate(const Pick& pick) const {
    return pick.ensemble ? ensembles_[pick.ensemble->index()] : variants_[pick.variant.index()];
  }

  // What this pick, which must be placeable, does not meet.
  Relaxation relaxation(const Pick& pick, const Constraints& constraints) const;
  // The pick whose relaxation is the least in all, ties as in selection. Nothing: none of the
  // task can be placed.
  std::optional<Relaxation> closest(TaskId task, const Constraints& constraints) const;
  // Those for which no other asks less of one bound without asking more of another: at most `most`,
  // the closest first. For explanations: it allocates and looks at all.
  std::vector<Relaxation> nearest(TaskId task, const Constraints& constraints,
                                  std::size_t most = kNearest) const;

  // A variant turned out to be so accurate, 0 to 1: it counts from the next selection on (ensembles
  // keep the accuracy that was measured of them). Well under a microsecond, and never allocates.
  void set_accuracy(VariantId variant, Accuracy accuracy);
  std::uint64_t generation() const { return generation_; }  // moves with every change

 private:
  struct Where {
    TaskId task;
    std::uint32_t place = CandidateIndex::kNone;  // kNone: nothing runs it
  };
  std::vector<Candidate> variants_;
  std::vector<Candidate> ensembles_;
  std::vector<Where> where_;  // by variant
  std::vector<CandidateIndex> tasks_;
  std::uint64_t generation_ = 0;
};

}  // namespace paragon
