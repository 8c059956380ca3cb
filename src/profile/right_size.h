// Right-sizing: how many queries a machine type runs in parallel within a latency bound (paper
// section III-B1), for types that we cannot run on.
//
// The model has three terms, each measured here or stated in the offer:
//
//   mean(q)    = alone / speed x crowd(q) x share(q)
//   share(q)   = max(1, q x threads / vcpus)              those beyond wait, first in, first out
//   crowd(q)   = 1 + c x (min(q x threads, vcpus) - threads) / vcpus   caches and memory are, too
//
// `alone` is the mean time of one query by itself, c the slowdown at a full machine, fitted to what
// was measured here at all levels of concurrency. A late query is one that is slow itself, behind
// others that are as slow as most: p99(q) = mean(q) + (p99 - mean) of one by itself / speed x
// crowd(q). `parallel` is the largest q with p99(q) within the bound that the memory holds as well.
// The model is held against every level measured here
// (`errors`), with c fitted on the other variants only, as a type that we cannot run on would see
// it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/units.h"

namespace paragon::profile {

// Queries in parallel, on this machine: the mean time of one.
struct Level {
  int queries = 1;
  Duration mean{};
};

struct MachineSize {
  Vcpus vcpus;
  double speed = 1;
  Memory memory;
};

Duration predicted(Duration alone, double crowding, int queries, int threads,
                   const MachineSize& machine);

// The c that makes the squared relative errors least over levels where the machine is not
// overbooked. 0 where nothing was measured with more than one query.
struct Crowd {
  std::span<const Level> levels;  // the first of 1 query
  int threads = 1;
};
double fit_crowding(std::span<const Crowd> variants, const MachineSize& here);

// |predicted / measured - 1| of every level of more than one query, of each variant by a c that was
// fitted to the others (to itself where it is the only one).
std::vector<double> model_errors(std::span<const Crowd> variants, const MachineSize& here);

// Of one query by itself.
struct Alone {
  Duration mean{};
  Duration p99{};
};
struct Slots {
  int parallel = 0;    // 0: not even one query is within the bound, or it does not fit
  Duration latency{};  // p99 of that many
  Rate rate;           // queries a second then
};
// p99 of so many.
Duration predicted_p99(const Alone& alone, double crowding, int queries, int threads,
                       const MachineSize& machine);
// Of the bound this share is planned for: the rest is for what the model does not see.
inline constexpr double kPlanned = 0.9;
// `most` bounds the search: a bound of a minute over a time of 10 us means nothing to anybody.
Slots right_size(const Alone& alone, double crowding, int threads, Memory needs, Duration bound,
                 const MachineSize& machine, int most = 100'000);

}  // namespace paragon::profile
