#include "sim/bound_leases.h"

#include <algorithm>
#include <cmath>

namespace paragon::sim {
namespace {

// Over one block or so nobody needs more than this: the highest mean over a few seconds.
double most_of_use(const WorkByWindow& load) {
  const auto few = std::max<std::size_t>(1, static_cast<std::size_t>(3 / load.windows().seconds()));
  double highest = 0;
  double sum = 0;
  const std::vector<float>& work = load.arriving();
  for (std::size_t i = 0; i < work.size(); ++i) {
    sum += work[i];
    if (i >= few) sum -= work[i - few];
    highest = std::max(highest, sum);
  }
  return highest / (static_cast<double>(few) * load.windows().seconds());
}

// A choice of one level for each block, and what the block's prices must add up to for it.
struct Path {
  std::vector<std::size_t> level;
  std::vector<double> earned;
};

// `gains[b][g]`: seconds that a machine earns in block b on the step from level g to the next, in
// the mean; falling in g.
Path best_path(const std::vector<std::vector<double>>& gains, const std::vector<double>& lasts,
               double boot) {
  const std::size_t blocks = gains.size();
  const std::size_t steps = gains.front().size();
  // Slopes of the cost to come between neighbouring levels, before and after each block.
  std::vector<std::vector<double>> before(blocks, std::vector<double>(steps));
  std::vector<std::vector<double>> within(blocks, std::vector<double>(steps));
  std::vector<double> slope(steps, boot);  // no machine at the start: each must be bought
  for (std::size_t b = 0; b < blocks; ++b) {
    for (std::size_t g = 0; g < steps; ++g) {
      before[b][g] = b == 0 ? boot : std::clamp(slope[g], 0.0, boot);
      within[b][g] = lasts[b] - gains[b][g];
    }
    for (std::size_t g = 0; g < steps; ++g) slope[g] = before[b][g] + within[b][g];
  }

  Path path{std::vector<std::size_t>(blocks), std::vector<double>(blocks)};
  const auto first_at_least = [&](const std::vector<double>& slopes, double least) {
    return static_cast<std::size_t>(std::ranges::lower_bound(slopes, least) - slopes.begin());
  };
  std::size_t level = first_at_least(slope, 0);
  double after = 0;  // the marginal cost of a machine that goes on into the next block
  for (std::size_t b = blocks; b-- > 0;) {
    path.level[b] = level;
    // before + within = after at this level, each between its slopes to the left and to the right.
    const auto left = [&](const std::vector<double>& s) {
      return level > 0 ? s[level - 1] : -1e300;
    };
    const auto right = [&](const std::vector<double>& s) {
      return level < steps ? s[level] : 1e300;
    };
    const double low = std::max({left(before[b]), after - right(within[b]), 0.0});
    const double high = std::min({right(before[b]), after - left(within[b]), boot});
    const double bought = b == 0 ? boot : std::clamp((low + high) / 2, 0.0, boot);
    path.earned[b] = std::max(0.0, lasts[b] - (after - bought));
    after = bought;
    if (b == 0) break;
    // The cost to come before clipping was least where its slopes pass 0 and, seen from below,
    // worth buying up to where they pass boot.
    std::vector<double> raw(steps);
    for (std::size_t g = 0; g < steps; ++g) raw[g] = before[b - 1][g] + within[b - 1][g];
    const std::size_t lower = first_at_least(raw, 0);
    const std::size_t upper = first_at_least(raw, boot);
    level = std::clamp(level, std::min(lower, upper), std::max(lower, upper));
  }
  return path;
}

// What machines are worth in each block if there are always so many, for a list of levels that
// rise from 0.
struct Blocks {
  Blocks(const WorkByWindow& load, std::size_t ready_from, std::size_t block,
         const std::vector<double>& levels, double yields);

  std::vector<Worth> worth;                // by level
  std::vector<std::vector<double>> earns;  // by block and level: falling
  std::vector<double> lasts;               // by block: seconds in which machines can be ready
};

Blocks::Blocks(const WorkByWindow& load, std::size_t ready_from, std::size_t block,
               const std::vector<double>& levels, double yields) {
  const Windows& windows = load.windows();
  const std::size_t blocks = (windows.count + block - 1) / block;
  earns.assign(blocks, std::vector<double>(levels.size()));
  lasts.assign(blocks, 0);
  FluidQueue queue(load);
  for (std::size_t g = 0; g < levels.size(); ++g) {
    worth.push_back(queue.worth(levels[g] * yields));
    for (std::size_t i = ready_from; i < windows.count; ++i) {
      const std::uint8_t of = worth.back()[i];
      if (of > 0) earns[i / block][g] += load.ratios()[of - 1] * yields * windows.seconds();
    }
  }
  for (std::size_t i = ready_from; i < windows.count; ++i) lasts[i / block] += windows.seconds();
  for (std::vector<double>& row : earns) {
    for (std::size_t g = 1; g < row.size(); ++g) row[g] = std::min(row[g], row[g - 1]);
  }
}

std::size_t windows_in(Duration block, const Windows& windows) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(block / windows.length));
}

// Levels up to `most` whole machines. A machine is worth what its parts are; large fleets need no
// parts to be exact. Of the first machine a load may need next to nothing, however much that is
// worth, so its first part is halved again and again.
std::vector<double> parts_of(std::size_t most) {
  constexpr std::size_t kLevels = 64;
  constexpr int kHalvings = 12;
  const std::size_t parts = most > 100 ? 1 : std::clamp<std::size_t>(kLevels / most, 2, 32);
  const auto of_parts = [&](std::size_t g) {
    return static_cast<double>(g) / static_cast<double>(parts);
  };
  std::vector<double> levels{0};
  for (int halvings = kHalvings; halvings > 0; --halvings) {
    levels.push_back(std::ldexp(of_parts(1), -halvings));
  }
  for (std::size_t g = 1; g <= most * parts; ++g) levels.push_back(of_parts(g));
  return levels;
}

}  // namespace

Leases best_leases(const WorkByWindow& load, double boot, std::size_t ready_from,
                   Duration blocks_of, std::size_t levels) {
  const Windows& windows = load.windows();
  const std::vector<double>& ratios = load.ratios();
  Leases out;
  out.block = windows_in(blocks_of, windows);
  out.prices.assign(windows.count, ratios.empty() ? 0 : ratios.front());
  ready_from = std::min(ready_from, windows.count);
  const std::size_t blocks = (windows.count + out.block - 1) / out.block;
  out.machines.assign(blocks, 0);
  if (ratios.empty() || ready_from >= windows.count) return out;

  const double step = (most_of_use(load) + 1e-9) / static_cast<double>(levels);
  std::vector<double> at(levels + 1);
  for (std::size_t g = 0; g <= levels; ++g) at[g] = static_cast<double>(g) * step;
  const Blocks made(load, ready_from, out.block, at, 1);
  std::vector<std::vector<double>> gains(blocks, std::vector<double>(levels));
  for (std::size_t b = 0; b < blocks; ++b) {
    for (std::size_t g = 0; g < levels; ++g) {
      gains[b][g] = (made.earns[b][g] + made.earns[b][g + 1]) / 2;
    }
  }
  const Path path = best_path(gains, made.lasts, boot);
  double had = 0;
  for (std::size_t b = 0; b < blocks; ++b) {
    const double has = static_cast<double>(path.level[b]) * step;
    out.cost += std::max(0.0, has - had) * boot + has * made.lasts[b];
    had = out.machines[b] = has;
    // What machines that are not there would have been worth.
    for (std::size_t g = path.level[b]; g < levels; ++g) out.cost += step * gains[b][g];
  }
  for (std::size_t i = 0; i < ready_from; ++i) out.cost += load.arriving()[i] * ratios.front();
  for (std::size_t b = 0; b < blocks; ++b) {
    // The level itself, mixed with a neighbour so that the block earns what it must. Prices of one
    // level hold together over the blocks, so the nearest that will do is taken.
    const std::vector<double>& row = made.earns[b];
    std::size_t g = path.level[b];
    while (g > 0 && row[g] < path.earned[b]) --g;
    while (g + 1 < levels && row[g + 1] > path.earned[b]) ++g;
    if (g == levels) --g;
    const double wide = row[g] - row[g + 1];
    const double upper = wide > 0 ? std::clamp((path.earned[b] - row[g + 1]) / wide, 0.0, 1.0) : 1;
    const auto price = [&](std::size_t level, std::size_t i) {
      const std::uint8_t of = made.worth[level][i];
      return of > 0 ? ratios[of - 1] : 0;
    };
    const std::size_t end = std::min(windows.count, (b + 1) * out.block);
    for (std::size_t i = std::max(ready_from, b * out.block); i < end; ++i) {
      out.prices[i] = upper * price(g, i) + (1 - upper) * price(g + 1, i);
    }
  }
  return out;
}

std::vector<int> best_whole_machines(const WorkByWindow& load, double boot, std::size_t ready_from,
                                     Duration blocks_of, double yields) {
  const Windows& windows = load.windows();
  std::vector<int> out(windows.count);
  ready_from = std::min(ready_from, windows.count);
  if (load.ratios().empty() || ready_from >= windows.count) return out;
  const auto most = static_cast<std::size_t>(most_of_use(load) / yields) + 1;
  const std::size_t block = windows_in(blocks_of, windows);
  const std::vector<double> levels = parts_of(most);
  const Blocks made(load, ready_from, block, levels, yields);
  std::vector<std::vector<double>> gains(made.earns.size(), std::vector<double>(most));
  for (std::size_t b = 0; b < gains.size(); ++b) {
    for (std::size_t g = 0; g + 1 < levels.size(); ++g) {
      gains[b][static_cast<std::size_t>(levels[g])] +=
          (made.earns[b][g] + made.earns[b][g + 1]) / 2 * (levels[g + 1] - levels[g]);
    }
  }
  const Path path = best_path(gains, made.lasts, boot);
  for (std::size_t i = 0; i < windows.count; ++i) {
    out[i] = static_cast<int>(path.level[i / block]);
  }
  return out;
}

}  // namespace paragon::sim
