// Right-sizing: how many queries a machine type runs in parallel within a latency bound (paper
// section III-B1), for types that we cannot run on.
//
// Served first in, first out by a slot a core, on average a query takes
//
//   mean(q)  = (alone x crowd(q) + turn) x share(q) / speed
//   share(q) = max(1, q x threads / vcpus)              those beyond wait
//   crowd(q) = 1 + c x (min(q x threads, vcpus) - threads) / vcpus   caches and memory are, too
//
// `alone` is the mean time of one query by itself, c the slowdown at a full machine, `turn` what
// handing a slot from one query to the next costs. A late query is one that is slow itself, behind
// others in a stretch that is slower than most:
//
//   p99(q)   = (late x (alone x crowd(q) + turn) x share(q) + tail x crowd(q)) / speed
//
// All is fitted to a full machine served in turn: c and `turn` to the means of one and two queries
// a core, `late` and `tail` to their p99. `parallel` is the largest q with p99(q) within the
// planned share of the bound that the memory holds as well; that share is from how the p99 of these
// visits scatter. The model is held against every level measured here (`errors`), with c and `turn`
// fitted on the other variants only, as a type that we cannot run on would see it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/units.h"

namespace paragon::profile {

// Queries in parallel, served in turn on this machine: the mean time of one.
struct Level {
  int queries = 1;
  Duration mean{};
};

struct MachineSize {
  Vcpus vcpus;
  double speed = 1;
  Memory memory;
};

struct Crowding {
  double slowdown = 0;  // c
  Duration turn{};
};

Duration predicted(Duration alone, const Crowding& crowding, int queries, int threads,
                   const MachineSize& machine);

// The c and `turn` that make the squared relative errors least. Zeros where nothing was measured
// with more than one query; `turn` is never negative, and zero where it cannot be told from c.
struct Crowd {
  std::span<const Level> levels;  // the first of 1 query
  int threads = 1;
};
Crowding fit_crowding(std::span<const Crowd> variants, const MachineSize& here);
// The same with a `turn` that is known.
double fit_slowdown(const Crowd& variant, Duration turn, const MachineSize& here);

// |predicted / measured - 1| of every level of more than one query, of each variant by what was
// fitted to the others (to itself where it is the only one).
std::vector<double> model_errors(std::span<const Crowd> variants, const MachineSize& here);

// One variant on any machine.
struct QueueModel {
  Duration alone{};  // mean of one by itself
  Crowding crowding;
  double late = 1;       // 1 to 1.5
  Duration tail{};       // not negative
  double planned = 0.9;  // of the bound; the rest is for slow stretches of the whole machine
};
// Where nothing was measured in turn: one that is slow itself, behind others as slow as most.
QueueModel untried(Duration mean, Duration p99, const Crowding& crowding);

// A closed loop of `queries` served in turn here, visited several times.
struct Turn {
  int queries = 1;
  std::vector<Duration> p99s;  // of each visit; not empty
};
// `late` and `tail` from the middle of each level's visits, `planned` from how they scatter.
// `fewer` and `more` have at least a query a core, `more` more than `fewer`.
QueueModel fit_queue(Duration alone, const Crowding& crowding, const Turn& fewer, const Turn& more,
                     int threads, const MachineSize& here);

// p99 of so many.
Duration predicted_p99(const QueueModel& model, int queries, int threads,
                       const MachineSize& machine);

struct Slots {
  int parallel = 0;    // 0: not even one query is within the bound, or it does not fit
  Duration latency{};  // p99 of that many
  Rate rate;           // queries a second then
};
// `most` bounds the search: a bound of a minute over a time of 10 us means nothing to anybody.
Slots right_size(const QueueModel& model, int threads, Memory needs, Duration bound,
                 const MachineSize& machine, int most = 100'000);

}  // namespace paragon::profile
