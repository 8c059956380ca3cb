// Which variants functions can answer with, within a query's bounds.
//
// Selection promises that some machine or function runs the chosen variant within the bounds. A
// query that finds no machine must do with a function, and there the bounds may allow another one
// only. Unlike selection this asks that one size keeps all the bounds together, and a slow answer
// too: nothing can make up for one at the last moment, and what is learned of service times must
// not put a price that was just within its bound beyond it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "brain/candidate_index.h"
#include "brain/function_terms.h"
#include "catalog/catalog.h"
#include "catalog/constraints.h"

namespace paragon {

class FunctionReach {
 public:
  // `terms` as the catalog has them, before anything was learned; not kept.
  FunctionReach(const Catalog& catalog, const FunctionTerms& terms, Duration overhead);

  // Whether some size answers with the variant within the bounds on latency and cost.
  bool meets(VariantId variant, const Constraints& constraints) const;
  // The best by the objective of those that some size answers with within all bounds; ties go to
  // the cheaper, the faster, then the first in the catalog. Nothing: there is none. Never
  // allocates.
  std::optional<VariantId> best(TaskId task, const Constraints& constraints) const;
  // A variant turned out to be so accurate: it counts from the next question on. Never allocates.
  void set_accuracy(VariantId variant, Accuracy accuracy);

 private:
  struct Where {  // of a variant: its places in the index of its task, one for each size
    TaskId task;
    std::vector<std::uint32_t> places;
  };
  std::vector<Where> where_;           // by variant
  std::vector<CandidateIndex> tasks_;  // a variant on a size is a candidate, with a slow answer
};

}  // namespace paragon
