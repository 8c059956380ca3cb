// One visit of one cell in one round, and what all visits of a cell say together.
//
// The cells are visited in turn, round after round, so that whatever slows the computer for a while
// meets all of them alike. Of each cell only the quieter half of its visits counts: those during
// which other programs (and the host of a virtual machine) had the least of the processors, and all
// that were as quiet as the last of these. That is judged by the others' processor time and not by
// the times measured, so it favours no value.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/time.h"
#include "base/units.h"

namespace paragon::profile {

struct Visit {
  std::size_t runs = 0;
  std::vector<Duration> points;  // ascending: all runs, or 100 that stand for them
  Duration mean{};               // of all runs
  Duration p99{};                // likewise
  Rate rate;                     // queries a second, all callers together
  double others = 0;             // share of the processors that others had meanwhile
};

inline constexpr std::size_t kPointsMost = 100;

struct CellTimes {
  Duration p50{};  // median of the visits' medians
  Duration p95{};  // of the runs of these visits together
  Duration p99{};
  Duration mean{};  // median of the visits' means, as the rate
  Rate rate;
  std::size_t visits = 0;  // all of them
  std::size_t counted = 0;
  std::size_t runs = 0;   // of those that count
  double difference = 1;  // two such runs would differ by, at most (statistics.h)
  double outliers =
      0;              // share of runs beyond the third quartile by 3 times the quartiles' distance
  double others = 0;  // as of a visit: median over those that count
  std::vector<Duration> p99s{};  // of each visit that counts
};

// At least one visit, each with at least one point. At least `least` count where there are so many.
CellTimes sum_up(std::span<const Visit> visits, std::size_t least = 3);

}  // namespace paragon::profile
