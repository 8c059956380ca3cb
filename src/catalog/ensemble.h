// An ensemble: several variants of one task that answer together, by a vote.
#pragma once

#include <string>
#include <vector>

#include "base/id.h"
#include "catalog/variant.h"

namespace paragon {

// How the members' votes count (ensemble/vote.h).
enum class VoteRule {
  majority,        // one member, one vote
  class_weighted,  // a vote for a class weighs how often the member is right when it names it
};
const char* name(VoteRule rule);  // as catalogs write it

using EnsembleId = Id<struct EnsembleTag>;  // a position in the catalog's table

struct Ensemble {
  static constexpr std::size_t kMembersMost = 8;

  std::string name;
  std::vector<VariantId> members;  // 2 to kMembersMost, all different, of one task
  VoteRule rule = VoteRule::majority;
  MeasuredAccuracy accuracy;  // of the vote, on items that its choice did not see
  // class_weighted: of each member, for each class of the task, 0 to 1; else empty.
  std::vector<std::vector<double>> weights;
};

}  // namespace paragon
