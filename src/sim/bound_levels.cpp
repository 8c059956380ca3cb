#include "sim/bound_levels.h"

#include <algorithm>
#include <limits>

namespace paragon::sim {
namespace {

constexpr float kNothing = 1e-6F;  // seconds of work

}  // namespace

FluidQueue::FluidQueue(const WorkByWindow& load)
    : load_(load),
      work_(load.spans().size(), std::vector<float>(load.windows().count)),
      earliest_(load.windows().count),
      latest_(load.windows().count),
      next_(load.windows().count + 1) {}

void FluidQueue::serve(std::size_t groups, double level) {
  const std::size_t windows = load_.windows().count;
  const std::size_t spans = load_.spans().size();
  for (std::size_t s = 0; s < spans; ++s) {
    work_[s] = load_.arriving(0, s);
    for (std::size_t g = 1; g < groups; ++g) {
      const std::vector<float>& more = load_.arriving(g, s);
      for (std::size_t i = 0; i < windows; ++i) work_[s][i] += more[i];
    }
  }
  sent_away_.clear();
  std::vector<std::size_t> head(spans, 0);  // of each queue: the oldest window with work left
  const auto capacity = static_cast<float>(level * load_.windows().seconds());
  for (std::size_t now = 0; now < windows; ++now) {
    float left = capacity;
    earliest_[now] = static_cast<std::uint32_t>(now);
    latest_[now] = static_cast<std::uint32_t>(now);
    while (left > kNothing) {
      std::size_t first = std::numeric_limits<std::size_t>::max();
      std::size_t queue = 0;
      for (std::size_t s = 0; s < spans; ++s) {
        while (head[s] <= now && work_[s][head[s]] <= kNothing) ++head[s];
        if (head[s] > now) continue;
        const std::size_t deadline = head[s] + load_.spans()[s] - 1;
        if (deadline < first) {
          first = deadline;
          queue = s;
        }
      }
      if (first == std::numeric_limits<std::size_t>::max()) break;
      const std::size_t from = head[queue];
      const float done = std::min(left, work_[queue][from]);
      work_[queue][from] -= done;
      left -= done;
      earliest_[now] = std::min(earliest_[now], static_cast<std::uint32_t>(from));
      latest_[now] =
          std::max(latest_[now], static_cast<std::uint32_t>(std::min(first, windows - 1)));
    }
    for (std::size_t s = 0; s < spans; ++s) {
      while (head[s] <= now &&
             (work_[s][head[s]] <= kNothing || head[s] + load_.spans()[s] - 1 <= now)) {
        if (work_[s][head[s]] > kNothing) {
          sent_away_.push_back(
              {static_cast<std::uint32_t>(head[s]), static_cast<std::uint32_t>(now)});
        }
        ++head[s];
      }
    }
  }
}

// Marks the windows of a range, and then all that could have made room in them.
void FluidQueue::mark(std::size_t first, std::size_t last, std::uint8_t as, Worth& worth) {
  const auto unmarked = [&](std::uint32_t i) {
    std::uint32_t to = i;
    while (next_[to] != to) to = next_[to];
    while (next_[i] != to) i = std::exchange(next_[i], to);
    return to;
  };
  open_.push_back({static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last)});
  while (!open_.empty()) {
    const Range range = open_.back();
    open_.pop_back();
    for (std::uint32_t i = unmarked(range.first); i <= range.last; i = unmarked(i)) {
      next_[i] = i + 1;
      if (worth[i] == 0) worth[i] = as;
      if (earliest_[i] < range.first || latest_[i] > range.last) {
        open_.push_back({earliest_[i], latest_[i]});
      }
    }
  }
}

Worth FluidQueue::worth(double level) {
  const std::size_t windows = load_.windows().count;
  Worth worth(windows, 0);
  for (std::size_t groups = 1; groups <= load_.ratios().size(); ++groups) {
    serve(groups, level);
    for (std::uint32_t i = 0; i <= windows; ++i) next_[i] = i;
    for (const Range& away : sent_away_) {
      mark(away.first, away.last, static_cast<std::uint8_t>(groups), worth);
    }
  }
  return worth;
}

}  // namespace paragon::sim
