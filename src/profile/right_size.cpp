#include "profile/right_size.h"

#include <algorithm>
#include <cmath>

namespace paragon::profile {
namespace {

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

}  // namespace

Duration predicted(Duration alone, double crowding, int queries, int threads,
                   const MachineSize& machine) {
  return from_seconds(seconds(alone) / machine.speed *
                      (1 + crowding * fullness(queries, threads, machine)) *
                      share(queries, threads, machine));
}

double fit_crowding(std::span<const Crowd> variants, const MachineSize& here) {
  // measured / (alone x share) - 1 = c x fullness: a line through the origin.
  double product = 0, square = 0;
  for (const Crowd& variant : variants) {
    if (variant.levels.empty()) continue;
    const double alone = seconds(variant.levels.front().mean);
    for (const Level& level : variant.levels.subspan(1)) {
      const double full = fullness(level.queries, variant.threads, here);
      const double slower =
          seconds(level.mean) / (alone * share(level.queries, variant.threads, here)) - 1;
      product += full * slower;
      square += full * full;
    }
  }
  return square > 0 ? product / square : 0;
}

std::vector<double> model_errors(std::span<const Crowd> variants, const MachineSize& here) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    std::vector<Crowd> others;
    for (std::size_t k = 0; k < variants.size(); ++k) {
      if (k != i || variants.size() == 1) others.push_back(variants[k]);
    }
    const double crowding = fit_crowding(others, here);
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

Duration predicted_p99(const Alone& alone, double crowding, int queries, int threads,
                       const MachineSize& machine) {
  const Duration slower = std::max(Duration::zero(), alone.p99 - alone.mean);
  return predicted(alone.mean, crowding, queries, threads, machine) +
         from_seconds(seconds(slower) / machine.speed *
                      (1 + crowding * fullness(queries, threads, machine)));
}

Slots right_size(const Alone& alone, double crowding, int threads, Memory needs, Duration bound,
                 const MachineSize& machine, int most) {
  const std::int64_t by_memory = machine.memory.value / std::max<std::int64_t>(1, needs.value);
  const int limit = static_cast<int>(std::min<std::int64_t>(most, by_memory));
  const Duration planned = from_seconds(kPlanned * seconds(bound));
  const auto fits = [&](int q) {
    return predicted_p99(alone, crowding, q, threads, machine) <= planned;
  };
  if (limit < 1 || !fits(1)) return {};
  // Latency never falls with q while crowding is above -1, so halving finds the last that fits.
  int low = 1, high = limit;
  while (low < high) {
    const int middle = low + (high - low + 1) / 2;
    if (fits(middle))
      low = middle;
    else
      high = middle - 1;
  }
  return {.parallel = low,
          .latency = predicted_p99(alone, crowding, low, threads, machine),
          .rate = rate_of(low, predicted(alone.mean, crowding, low, threads, machine))};
}

}  // namespace paragon::profile
