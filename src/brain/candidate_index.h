// What can answer a task's queries, laid out so that the best by a score is found without looking
// at all.
//
// Neighbours in accuracy, latency and cost share a block, and each block knows its corner: the best
// accuracy, latency and cost in it. A score that never prefers the worse of two is at its best at
// the corner, so a block whose corner does not beat what was found is passed over. Exact: the same
// choice as looking at every candidate, whatever the catalog.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "base/units.h"
#include "catalog/ensemble.h"

namespace paragon {

// What answers a query: one variant, or an ensemble of several.
struct Pick {
  VariantId variant;                     // without an ensemble
  std::optional<EnsembleId> ensemble{};  // then `variant` is its first member

  Pick() = default;
  Pick(VariantId one) : variant(one) {}  // NOLINT(google-explicit-constructor): the usual case
  Pick(EnsembleId many, VariantId first) : variant(first), ensemble(many) {}
  friend bool operator==(const Pick&, const Pick&) = default;
};

// What a pick can do at best on anything the catalog offers. An ensemble is as slow as its slowest
// member and costs as much as all of them.
struct Candidate {
  Pick pick;
  Accuracy accuracy;
  Duration latency{};      // least median service time plus overhead
  Dollars cost;            // least price of one query: its share of a machine, or a function call
  bool placeable = false;  // some offer runs it, or each member
};

class CandidateIndex {
 public:
  // A place in the index; kNone where nothing was found.
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr double kExcluded = std::numeric_limits<double>::infinity();

  // In the catalog's order. Ties go to the cheaper, the faster, then the first of these.
  explicit CandidateIndex(std::vector<Candidate> candidates);

  std::uint32_t size() const { return static_cast<std::uint32_t>(candidates_.size()); }
  const Candidate& operator[](std::uint32_t place) const { return candidates_[place]; }
  // Position in the order that settles ties, 0 first.
  std::uint32_t rank(std::uint32_t place) const { return ranks_[place]; }

  // The candidate of the least `score(accuracy, latency, cost)`; kExcluded leaves one out. The
  // score must not grow where accuracy grows, or latency or cost falls. Never allocates.
  template <class Score>
  std::uint32_t best(const Score& score) const;

  // Moves one candidate to another accuracy: a block's worth of work.
  void set_accuracy(std::uint32_t place, Accuracy accuracy);

 private:
  static constexpr std::uint32_t kBlock = 16;
  struct Point {
    Accuracy accuracy;
    Duration latency{};
    Dollars cost;
  };
  struct Best {
    std::uint32_t place = kNone;
    double score = kExcluded;
  };

  void arrange(std::span<std::uint32_t> order, int axis) const;
  Point corner(std::uint32_t block) const;
  template <class Score>
  void look_into(std::uint32_t block, const Score& score, Best& best) const;
  template <class Score>
  static double score_of(const Score& score, const Point& p) {
    return score(p.accuracy, p.latency, p.cost);
  }

  std::vector<Candidate> candidates_;
  std::vector<Point> points_;  // of the candidates, close together
  std::vector<std::uint32_t> ranks_;
  std::vector<Point> corners_;  // of the blocks
};

template <class Score>
void CandidateIndex::look_into(std::uint32_t block, const Score& score, Best& best) const {
  const std::uint32_t end = std::min(size(), (block + 1) * kBlock);
  for (std::uint32_t place = block * kBlock; place < end; ++place) {
    const double its = score_of(score, points_[place]);
    if (its < best.score ||
        (its == best.score && its != kExcluded && ranks_[place] < ranks_[best.place])) {
      best = {place, its};
    }
  }
}

template <class Score>
std::uint32_t CandidateIndex::best(const Score& score) const {
  Best best;
  // The most promising block first: it makes short work of the others.
  const auto blocks = static_cast<std::uint32_t>(corners_.size());
  std::uint32_t promising = kNone;
  double least = kExcluded;
  for (std::uint32_t b = 0; b < blocks; ++b) {
    const double bound = score_of(score, corners_[b]);
    if (bound < least) {
      least = bound;
      promising = b;
    }
  }
  if (promising == kNone) return kNone;
  look_into(promising, score, best);
  for (std::uint32_t b = 0; b < blocks; ++b) {
    const double bound = score_of(score, corners_[b]);
    // An equal one may hold the tie.
    if (b != promising && bound <= best.score && bound != kExcluded) look_into(b, score, best);
  }
  return best.place;
}

}  // namespace paragon
