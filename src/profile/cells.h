// What is measured of each variant: the cells of a grid of threads, concurrency and batch size.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "base/time.h"

namespace paragon::profile {

// `concurrency` callers at once, each running batches of `batch` on a session of `threads`.
struct Cell {
  std::uint32_t variant = 0;  // its place in the catalog
  int threads = 1;
  int concurrency = 1;
  int batch = 1;
  // Callers are served first in, first out by a slot a core, instead of each running by itself.
  bool in_turn = false;
  friend bool operator==(const Cell&, const Cell&) = default;
  friend bool operator<(const Cell& a, const Cell& b) {
    return std::tie(a.variant, a.threads, a.concurrency, a.batch, a.in_turn) <
           std::tie(b.variant, b.threads, b.concurrency, b.batch, b.in_turn);
  }

  // What the catalog states: one query on one core.
  bool alone() const { return threads == 1 && concurrency == 1 && batch == 1 && !in_turn; }
};

// How far each axis goes, at least 1.
struct Axes {
  int threads_max = 1;
  int concurrency_max = 1;
  int batch_max = 1;
};

// 1, 2, 4, ... up to `most`, and `most` itself.
std::vector<int> steps(int most);

// All cells of one variant; only batch 1 where the network takes no other.
std::vector<Cell> cells_of(std::uint32_t variant, const Axes& axes, bool takes_batches);

// A full machine served in turn. Right-sizing is fitted to one and two queries a core, and tried at
// three and at two queries more.
struct TurnLevels {
  int fewer = 1;
  int more = 2;
  int tried = 3;
  int beyond = 5;
};
TurnLevels turn_levels(int cores);
std::vector<Cell> turn_cells(std::uint32_t variant, int cores);

}  // namespace paragon::profile
