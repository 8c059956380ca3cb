// Looks for the cheapest settings that keep a bound, where each look is a simulation: Bayesian
// optimisation in the manner of CherryPick (Alipourfard et al., NSDI '17).
//
// Two Gaussian processes believe something of the logarithm of the cost and of the bounded
// quantity. The next point is where the expected improvement, times the probability that the bound
// is kept, is highest (Gardner et al., 2014); while no point has kept it, where it most probably
// is. The search ends when less than a tenth of the best cost is to be expected (CherryPick's
// rule), but not before `looks_least`. The first points are given (what is known to be good) and
// from Halton's sequence. All is deterministic.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace paragon::plan {

using Point = std::vector<double>;  // each coordinate 0 to 1

// Coordinate `dimension` (0 to 11) of the Halton sequence at `index` from 1: the digits of the
// index in the base of the dimension's prime, mirrored. Fills the unit cube evenly.
double halton(std::size_t index, std::size_t dimension);

class BayesSearch {
 public:
  struct Settings {
    std::size_t dimensions = 1;  // 1 to 12
    std::vector<Point> first{};  // looked at before all others
    std::size_t spread = 3;      // points of Halton's sequence after them
    std::size_t looks_least = 6;
    std::size_t looks_most = 16;
    double worth = 0.1;  // share of the best cost
  };
  struct Look {
    Point point;
    double cost = 0;     // above 0
    double bounded = 0;  // logarithm of the bounded quantity over its bound: kept at 0 and below
  };

  explicit BayesSearch(Settings settings) : settings_(std::move(settings)) {}

  // Where to look next; nothing: the search has ended. Asked again without tell() it is the same.
  std::optional<Point> next() const;
  void tell(Look look) { looks_.push_back(std::move(look)); }

  const std::vector<Look>& looks() const { return looks_; }
  // The cheapest that keeps the bound, else the one nearest to keeping it; null before any look.
  const Look* best() const;

 private:
  Settings settings_;
  std::vector<Look> looks_;
};

}  // namespace paragon::plan
