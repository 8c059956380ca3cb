#include "brain/candidate_index.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace paragon {

CandidateIndex::CandidateIndex(std::vector<Candidate> candidates)
    : candidates_(std::move(candidates)) {
  std::vector<std::uint32_t> order(candidates_.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const Candidate& x = candidates_[a];
    const Candidate& y = candidates_[b];
    return std::tie(x.cost, x.latency) < std::tie(y.cost, y.latency);
  });
  std::vector<std::uint32_t> rank_of(candidates_.size());
  for (std::uint32_t rank = 0; rank < order.size(); ++rank) rank_of[order[rank]] = rank;

  arrange(order, 0);
  std::vector<Candidate> arranged;
  arranged.reserve(order.size());
  for (const std::uint32_t from : order) {
    const Candidate& c = candidates_[from];
    arranged.push_back(c);
    points_.push_back({c.accuracy, c.latency, c.cost});
    ranks_.push_back(rank_of[from]);
  }
  candidates_ = std::move(arranged);
  for (std::uint32_t b = 0; b * kBlock < size(); ++b) corners_.push_back(corner(b));
}

// Halves by cost, latency and accuracy in turn, until the parts are blocks; every part but the last
// is of whole blocks, so that the blocks need no table.
void CandidateIndex::arrange(std::span<std::uint32_t> order, int axis) const {
  if (order.size() <= kBlock) return;
  const std::size_t blocks = (order.size() + kBlock - 1) / kBlock;
  const std::size_t half = (blocks + 1) / 2 * kBlock;
  std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(half), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) {
                     const Candidate& x = candidates_[a];
                     const Candidate& y = candidates_[b];
                     // The index last: the same layout whatever the library's algorithm.
                     return axis == 0   ? std::tie(x.cost, a) < std::tie(y.cost, b)
                            : axis == 1 ? std::tie(x.latency, a) < std::tie(y.latency, b)
                                        : std::tie(x.accuracy, a) < std::tie(y.accuracy, b);
                   });
  arrange(order.first(half), (axis + 1) % 3);
  arrange(order.subspan(half), (axis + 1) % 3);
}

CandidateIndex::Point CandidateIndex::corner(std::uint32_t block) const {
  const std::uint32_t end = std::min(size(), (block + 1) * kBlock);
  Point corner = points_[block * kBlock];
  for (std::uint32_t place = block * kBlock + 1; place < end; ++place) {
    corner.accuracy = std::max(corner.accuracy, points_[place].accuracy);
    corner.latency = std::min(corner.latency, points_[place].latency);
    corner.cost = std::min(corner.cost, points_[place].cost);
  }
  return corner;
}

void CandidateIndex::set_accuracy(std::uint32_t place, Accuracy accuracy) {
  candidates_[place].accuracy = points_[place].accuracy = accuracy;
  corners_[place / kBlock] = corner(place / kBlock);
}

}  // namespace paragon
