#include "plan/bayes_search.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "plan/gaussian_process.h"

namespace paragon::plan {
namespace {

constexpr std::array<std::size_t, 12> kPrimes{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
constexpr std::size_t kCandidates = 512;
// Around the best point too, nearer and nearer.
constexpr double kNear[] = {0.1, 0.03};
constexpr std::size_t kNearCandidates = 64;

Point halton_point(std::size_t index, std::size_t dimensions) {
  Point point(dimensions);
  for (std::size_t d = 0; d < dimensions; ++d) point[d] = halton(index, d);
  return point;
}

std::vector<Point> candidates(std::size_t dimensions, const Point& best) {
  std::vector<Point> list;
  for (std::size_t i = 1; i <= kCandidates; ++i) list.push_back(halton_point(i, dimensions));
  for (const double radius : kNear) {
    for (std::size_t i = 1; i <= kNearCandidates; ++i) {
      Point point = halton_point(i, dimensions);
      for (std::size_t d = 0; d < dimensions; ++d) {
        point[d] = std::clamp(best[d] + radius * (2 * point[d] - 1), 0.0, 1.0);
      }
      list.push_back(std::move(point));
    }
  }
  return list;
}

}  // namespace

double halton(std::size_t index, std::size_t dimension) {
  PARAGON_CHECK(dimension < kPrimes.size(), "Halton points of at most 12 dimensions");
  const std::size_t base = kPrimes[dimension];
  double value = 0;
  double digit = 1;
  for (; index > 0; index /= base) {
    digit /= static_cast<double>(base);
    value += digit * static_cast<double>(index % base);
  }
  return value;
}

std::optional<Point> BayesSearch::next() const {
  const std::size_t looked = looks_.size();
  if (looked >= settings_.looks_most) return std::nullopt;
  if (looked < settings_.first.size()) return settings_.first[looked];
  const std::size_t spread = looked - settings_.first.size();
  if (looks_.empty() || spread < settings_.spread) {
    return halton_point(spread + 1, settings_.dimensions);
  }

  std::vector<Point> points;
  std::vector<double> costs, bounded;
  for (const Look& look : looks_) {
    points.push_back(look.point);
    costs.push_back(std::log(look.cost));
    bounded.push_back(look.bounded);
  }
  const GaussianProcess cost(points, costs);
  const GaussianProcess bound(points, bounded);
  const Look& least = *best();
  const bool kept = least.bounded <= 0;
  double highest = -1;
  Point where;
  for (Point& point : candidates(settings_.dimensions, least.point)) {
    double worth = probability_at_most(bound.at(point), 0);
    if (kept) worth *= expected_improvement(cost.at(point), std::log(least.cost));
    if (worth <= highest) continue;
    highest = worth;
    where = std::move(point);
  }
  // An improvement of the logarithm is a share of the cost.
  if (kept && looked >= settings_.looks_least && highest < settings_.worth) return std::nullopt;
  return where;
}

const BayesSearch::Look* BayesSearch::best() const {
  const auto rank = [](const Look& look) {
    const double excess = std::max(0.0, look.bounded);
    return std::pair(excess, excess > 0 ? 0.0 : look.cost);
  };
  const auto best = std::ranges::min_element(looks_, {}, rank);
  return best == looks_.end() ? nullptr : &*best;
}

}  // namespace paragon::plan
