// What is said of samples: quantiles, how far two runs would differ, a share with its interval.
//
// Pure functions of numbers, so that a person can redo each by hand.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/time.h"
#include "base/units.h"

namespace paragon::profile {

// Between the two nearest of `sorted` (ascending, not empty), linearly: 0 the least, 1 the largest.
Duration quantile(std::span<const Duration> sorted, double share);
Duration median(std::vector<Duration> values);  // not empty

// At most `most` of `sorted` that stand for all of them: each for an equal part, at its middle.
std::vector<Duration> thinned(std::span<const Duration> sorted, std::size_t most);

// A value that counts as many times as its weight says.
struct Weighted {
  Duration value{};
  double weight = 0;
};
// Adds points that stand for `runs` values, each for an equal part of them.
void add_points(std::span<const Duration> points, std::size_t runs, std::vector<Weighted>& into);
// The least value that is at or above so large a share of the weight. Not empty, weights above 0.
Duration quantile(std::vector<Weighted> values, double share);

// By how much two runs of as many rounds as `rounds` have will differ in their medians, at most, in
// 19 of 20 cases, as a share of the median: 1.96 sqrt(2) standard errors of a median, which is
// 1.2533 s / sqrt(n) for rounds that scatter by s. What changes between the runs as a whole, such
// as the computer's clock speed, no single run can see. With fewer than 2 rounds: 1.
double expected_difference(std::span<const Duration> rounds);

struct Interval {
  Accuracy low;
  Accuracy high;
};
// Wilson's 95 % interval of a share: honest for small samples and for shares near 0 and 1.
// `of` = 0: nothing is known, 0 to 1.
Interval wilson95(std::size_t right, std::size_t of);

}  // namespace paragon::profile
