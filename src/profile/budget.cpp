#include "profile/budget.h"

#include <algorithm>
#include <cmath>

namespace paragon::profile {
namespace {

constexpr std::size_t kRunsLeast = 2;
constexpr std::size_t kItemsLeast = 100;

// Down to two digits that count: a number that a person can compare, and that does not move with
// the last digit of a measurement.
double rounded_down(double value) {
  if (value < 100) return std::floor(value);
  const double unit = std::pow(10, std::floor(std::log10(value)) - 1);
  return std::floor(value / unit) * unit;
}

}  // namespace

Budget budget_of(Duration whole) {
  if (whole <= Duration::zero()) {
    return {Duration::max(), Duration::max(), Duration::max(), Duration::max()};
  }
  return {.times = whole * 40 / 100,
          .answers = whole * 25 / 100,
          .sizes = whole * 15 / 100,
          .checks = whole * 10 / 100};
}

VisitSettings shortened(VisitSettings wanted, Duration run, Duration most) {
  if (run <= Duration::zero()) return wanted;
  const auto fit = static_cast<std::size_t>(std::max<std::int64_t>(0, most / run));
  wanted.runs_min = std::min(wanted.runs_min, std::max(kRunsLeast, fit));
  return wanted;
}

std::size_t items_within(Duration most, Duration each, int cores, std::size_t items) {
  if (each <= Duration::zero()) return items;
  const double fit = rounded_down(seconds(most) / seconds(each) * cores);
  if (fit >= static_cast<double>(items)) return items;
  return std::min(items, std::max(kItemsLeast, static_cast<std::size_t>(fit)));
}

int repeats_within(Duration most, Duration once, int wanted) {
  if (once <= Duration::zero()) return wanted;
  return static_cast<int>(std::clamp<std::int64_t>(most / once, 1, wanted));
}

}  // namespace paragon::profile
