// Which sets of members are worth having: those more accurate together than anything that is no
// dearer and no slower.
//
// A set answers as late as its slowest member and costs what all of them cost. Its accuracy is
// predicted from the members' answers to the same items, so from how often they err together, not
// from the mean of their accuracies. The prediction is of the items it was chosen on and therefore
// too good; what a set is worth is judged on others (AnswerTable's duel and judge).
//
// All sets are looked at where there are few; else all pairs, and then the best of each size are
// grown by every member that they lack, which may miss sets whose parts are poor.
#pragma once

#include <vector>

#include "base/time.h"
#include "base/units.h"
#include "ensemble/answers.h"

namespace paragon::ensemble {

// What a query costs on one of them, alone.
struct Member {
  Duration latency{};
  Dollars cost;
};

struct FoundSet {
  std::vector<std::uint32_t> members;  // ascending
  VoteRule rule = VoteRule::majority;
  Duration latency{};
  Dollars cost;
  Tally predicted;  // on the items of the search
  Accuracy gain;    // predicted, over the best member or found set no dearer and no slower
};

struct SearchSettings {
  std::size_t members_most = 5;    // of a set, 2 to Ensemble::kMembersMost
  std::size_t sets_most = 20'000;  // up to so many sets: all of them
  std::size_t beam = 48;           // beyond that: so many of each size are grown
  Accuracy least_gain = accuracy(0.001);
  std::size_t found_most = 8;  // those with the largest gain
};

// By ascending cost. `members` are those of the table, in its order. Deterministic.
std::vector<FoundSet> useful_sets(const AnswerTable& table, std::span<const Member> members,
                                  Items items, const SearchSettings& settings = {});

// The weights for `judge` of a set with this rule, learned on `items`: none for majority.
std::vector<std::vector<double>> weights_of(const AnswerTable& table, Members members,
                                            VoteRule rule, Items items);

}  // namespace paragon::ensemble
