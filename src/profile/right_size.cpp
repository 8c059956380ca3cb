#include "profile/right_size.h"

#include <algorithm>
#include <cmath>

#include "profile/statistics.h"

namespace paragon::profile {
namespace {

// Three of four visits are to be within the bound. A p99 of few visits is no better known than to a
// tenth; and what comes and goes in spells is not worth more than a fifth of the machine at all
// other times.
constexpr double kVisitsPlanned = 0.75;
constexpr double kPlannedLeast = 0.8, kPlannedMost = 0.9;

// A single hiccup among few runs makes one level later than the other; it does not come again for
// each query that waits.
constexpr double kLateMost = 1.5;

// How full the machine is, beyond the one query that `alone` was measured with: 0 to below 1.
double fullness(int queries, int threads, const MachineSize& machine) {
  const double busy = static_cast<double>(queries) * threads;
  return std::max(0.0, std::min(busy, machine.vcpus.value) - threads) / machine.vcpus.value;
}

double share(int queries, int threads, const MachineSize& machine) {
  // One query has at most the machine, however many threads it would like.
  const double alone = std::max(1.0, threads / machine.vcpus.value);
  return std::max(1.0, static_cast<double>(queries) * threads / machine.vcpus.value) / alone;
}

// Sums of the normal equations of: alone x (1 + c x full) + turn = measured / share, each side over
// measured / share.
struct Sums {
  double cc = 0, ct = 0, tt = 0, c = 0, t = 0;

  void add(const Crowd& variant, const MachineSize& here) {
    if (variant.levels.empty()) return;
    const double alone = seconds(variant.levels.front().mean);
    for (const Level& level : variant.levels.subspan(1)) {
      const double one = seconds(level.mean) / share(level.queries, variant.threads, here);
      const double by_c = alone * fullness(level.queries, variant.threads, here) / one;
      const double by_turn = 1 / one;
      const double missing = 1 - alone / one;
      cc += by_c * by_c;
      ct += by_c * by_turn;
      tt += by_turn * by_turn;
      c += by_c * missing;
      t += by_turn * missing;
    }
  }
};

}  // namespace

Duration predicted(Duration alone, const Crowding& crowding, int queries, int threads,
                   const MachineSize& machine) {
  const double crowd = 1 + crowding.slowdown * fullness(queries, threads, machine);
  return from_seconds((seconds(alone) * crowd + seconds(crowding.turn)) *
                      share(queries, threads, machine) / machine.speed);
}

Crowding fit_crowding(std::span<const Crowd> variants, const MachineSize& here) {
  Sums sums;
  for (const Crowd& variant : variants) sums.add(variant, here);
  const double determinant = sums.cc * sums.tt - sums.ct * sums.ct;
  // Networks that are all alike cannot tell one from the other.
  if (determinant > 1e-9 * sums.cc * sums.tt) {
    const double turn = (sums.cc * sums.t - sums.ct * sums.c) / determinant;
    if (turn > 0) return {(sums.tt * sums.c - sums.ct * sums.t) / determinant, from_seconds(turn)};
  }
  if (sums.cc > 0) return {sums.c / sums.cc, Duration::zero()};
  if (sums.tt > 0) return {0, from_seconds(std::max(0.0, sums.t / sums.tt))};
  return {};
}

double fit_slowdown(const Crowd& variant, Duration turn, const MachineSize& here) {
  Sums sums;
  sums.add(variant, here);
  return sums.cc > 0 ? (sums.c - seconds(turn) * sums.ct) / sums.cc : 0;
}

std::vector<double> model_errors(std::span<const Crowd> variants, const MachineSize& here) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    std::vector<Crowd> others;
    for (std::size_t k = 0; k < variants.size(); ++k) {
      if (k != i || variants.size() == 1) others.push_back(variants[k]);
    }
    const Crowding crowding = fit_crowding(others, here);
    const Crowd& variant = variants[i];
    for (std::size_t l = 1; l < variant.levels.size(); ++l) {
      const Level& level = variant.levels[l];
      const Duration said =
          predicted(variant.levels.front().mean, crowding, level.queries, variant.threads, here);
      errors.push_back(std::abs(seconds(said) / seconds(level.mean) - 1));
    }
  }
  return errors;
}

QueueModel untried(Duration mean, Duration p99, const Crowding& crowding) {
  return {.alone = mean, .crowding = crowding, .tail = std::max(Duration::zero(), p99 - mean)};
}

QueueModel fit_queue(Duration alone, const Crowding& crowding, const Turn& fewer, const Turn& more,
                     int threads, const MachineSize& here) {
  QueueModel model{.alone = alone, .crowding = crowding};
  const double low = share(fewer.queries, threads, here), high = share(more.queries, threads, here);
  const double crowd = 1 + crowding.slowdown * fullness(fewer.queries, threads, here);
  const double one = seconds(alone) * crowd + seconds(crowding.turn);
  const double p99_low = seconds(median(fewer.p99s)), p99_high = seconds(median(more.p99s));
  model.late = std::clamp((p99_high - p99_low) / ((high - low) * one), 1.0, kLateMost);
  // Where `late` had to be moved, the line goes through the middle between the two.
  const double tail = (p99_low + p99_high - model.late * one * (low + high)) / 2;
  model.tail = from_seconds(std::max(0.0, tail) / crowd);

  std::vector<double> scatter;  // relative to the middle of the level
  for (const Turn* turn : {&fewer, &more}) {
    const double middle = seconds(median(turn->p99s));
    for (const Duration p99 : turn->p99s) scatter.push_back(seconds(p99) / middle);
  }
  std::sort(scatter.begin(), scatter.end());
  const auto place =
      static_cast<std::size_t>(std::ceil(kVisitsPlanned * static_cast<double>(scatter.size()))) - 1;
  model.planned = std::clamp(1 / scatter[place], kPlannedLeast, kPlannedMost);
  return model;
}

Duration predicted_p99(const QueueModel& model, int queries, int threads,
                       const MachineSize& machine) {
  const double crowd = 1 + model.crowding.slowdown * fullness(queries, threads, machine);
  return from_seconds(seconds(predicted(model.alone, model.crowding, queries, threads, machine)) *
                          model.late +
                      seconds(model.tail) * crowd / machine.speed);
}

Slots right_size(const QueueModel& model, int threads, Memory needs, Duration bound,
                 const MachineSize& machine, int most) {
  const std::int64_t by_memory = machine.memory.value / std::max<std::int64_t>(1, needs.value);
  const int limit = static_cast<int>(std::min<std::int64_t>(most, by_memory));
  const Duration planned = from_seconds(model.planned * seconds(bound));
  const auto fits = [&](int q) { return predicted_p99(model, q, threads, machine) <= planned; };
  if (limit < 1 || !fits(1)) return {};
  // Latency never falls with q while the slowdown is above -1, so halving finds the last that fits.
  int low = 1, high = limit;
  while (low < high) {
    const int middle = low + (high - low + 1) / 2;
    if (fits(middle))
      low = middle;
    else
      high = middle - 1;
  }
  return {.parallel = low,
          .latency = predicted_p99(model, low, threads, machine),
          .rate = rate_of(low, predicted(model.alone, model.crowding, low, threads, machine))};
}

}  // namespace paragon::profile
