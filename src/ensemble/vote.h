// The vote of an ensemble: what several members said of one item becomes one answer.
//
// Each member votes for the class that it puts first. The class with the most votes wins; where two
// have as many, the one with the larger sum of all members' scores, then the one that an earlier
// member voted for. A member that did not answer has no vote. Majority and class-weighted voting
// are Cocktail's (NSDI 2022); its weights follow each model's right answers by class, and ours are
// the share of its votes for a class that were right.
#pragma once

#include <span>
#include <vector>

#include "catalog/ensemble.h"

namespace paragon::ensemble {

// A class, by its index into the task's labels, and how sure a member is of it.
struct Choice {
  int label = 0;
  float score = 0;
  friend bool operator==(const Choice&, const Choice&) = default;
};
using Ballot = std::span<const Choice>;  // best first; empty: the member did not answer

// By member, then by class; empty: every vote counts 1.
using Weights = std::span<const std::vector<double>>;

// The elected class; -1 where nobody answered. Never allocates. At most Ensemble::kMembersMost
// ballots, and as many weights or none; a class beyond a member's weights counts 0.
int elect(std::span<const Ballot> ballots, Weights weights);

// Everything that anyone named, the elected first, the others by their votes and then their scores;
// the score of each is the mean over the members that answered (a class that one of them did not
// name counts 0 there).
std::vector<Choice> rank(std::span<const Ballot> ballots, Weights weights);

}  // namespace paragon::ensemble
