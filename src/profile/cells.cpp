#include "profile/cells.h"

namespace paragon::profile {

std::vector<int> steps(int most) {
  std::vector<int> values;
  for (int value = 1; value < most; value *= 2) values.push_back(value);
  values.push_back(most);
  return values;
}

std::vector<Cell> cells_of(std::uint32_t variant, const Axes& axes, bool takes_batches) {
  std::vector<Cell> cells;
  for (const int threads : steps(axes.threads_max)) {
    for (const int concurrency : steps(axes.concurrency_max)) {
      for (const int batch : steps(takes_batches ? axes.batch_max : 1)) {
        cells.push_back({variant, threads, concurrency, batch});
      }
    }
  }
  return cells;
}

TurnLevels turn_levels(int cores) {
  return {.fewer = cores, .more = 2 * cores, .tried = 3 * cores, .beyond = 3 * cores + 2};
}

std::vector<Cell> turn_cells(std::uint32_t variant, int cores) {
  const TurnLevels levels = turn_levels(cores);
  std::vector<Cell> cells;
  for (const int callers : {levels.fewer, levels.more, levels.tried, levels.beyond}) {
    cells.push_back({.variant = variant, .concurrency = callers, .in_turn = true});
  }
  return cells;
}

}  // namespace paragon::profile
