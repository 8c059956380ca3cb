// Which variants functions can answer with, within a query's bounds.
//
// Selection promises that some machine or function runs the chosen variant within the bounds. A
// query that finds no machine must do with a function, and there the bounds may allow another one
// only. Unlike selection this asks that one size keeps all the bounds together, and a slow answer
// too: nothing can make up for one at the last moment, and what is learned of service times must
// not put a price that was just within its bound beyond it.
#pragma once

#include <optional>
#include <vector>

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
  struct Way {  // a variant on a size
    VariantId variant;
    Accuracy accuracy;
    Duration latency{};  // of a slow answer, with the overhead
    Dollars price;       // of a slow answer
  };
  static bool fits(const Way& way, const Constraints& constraints);
  static void rank(std::vector<Way>& ways);

  std::vector<std::vector<Way>> by_variant_;  // cheapest first; each dearer one is quicker
  std::vector<std::vector<Way>> by_task_;     // most accurate first, then as ties go
};

}  // namespace paragon
