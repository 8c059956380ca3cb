// The brain: every decision of one deployment, as values.
//
// (The field says "controller"; "brain" is our one metaphor, for the part that only decides.)
// Single-threaded and deterministic; it does no I/O, starts no thread and has no clock: time comes
// in as an argument and never goes back. The live server, the simulator and the replay of a journal
// drive this very class, so what one shows the others do.
//
//   arrive ──► Route          a query came: machine | function | wait | refuse, with the reason; or
//                             split: an ensemble answers, and a query to each member is to arrive
//   finish ──► Routes         an attempt ended: frees its slot; waiting queries may go
//   observe ─► Routes         a machine is ready, failed, interrupted or gone
//   wake ────► Routes         due() has come: last responsible moments of waiting queries
//   tick ────► Orders         what to buy and release, from the scheme; every settings.tick
//   accuracy_learned          a variant turned out to be so accurate: selection counts with it
//   call_billed               a call that brought no answer was billed nevertheless
//
// Promises:
// 1. Every query that arrive() did not refuse or split gets routes until one attempt ends
//    `answered`, `rejected` or `abandoned`, or its attempts are used up and it is refused in a
//    later Routes; each attempt is routed once.
// 2. A machine never holds more than its slots. One that drains gets nothing new; one that will be
//    taken away serves on until shortly before its time, and drains then.
// 3. Spending never exceeds the budget in any hour counted from the start, whatever the scheme.
// 4. In steady state no call allocates.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "brain/alternatives.h"
#include "brain/meter.h"
#include "brain/orders.h"
#include "brain/query.h"
#include "brain/route.h"
#include "brain/scheme.h"
#include "brain/select.h"
#include "brain/settings.h"
#include "brain/view.h"
#include "catalog/catalog.h"

namespace paragon {

// One machine as the fleet knows it, for status pages.
struct MachineStatus {
  // leaving: told that it will be taken away, and in service until shortly before.
  enum class State { booting, ready, leaving, draining };
  MachineId machine;
  MachineOfferId offer;
  State state = State::booting;
  double busy = 0;  // share of its capacity in use, 0 to 1
  int running = 0;  // queries on it
  Time bought{};
};

struct BrainStatus {
  std::uint64_t arrived = 0;  // of an ensemble each member is one, here and below
  std::uint64_t refused = 0;
  std::uint64_t answered = 0;
  std::uint64_t rerouted = 0;
  std::uint64_t missed = 0;  // answered after the deadline
  int waiting = 0;
  int running = 0;            // on machines and functions
  int functions_running = 0;  // calls under way, warm-up calls included
  int warm_ups_running = 0;   // of them: those that carry no query
  Rate rate_10s;
  Rate rate_60s;
  Rate forecast;  // at the provisioning delay
  double peak_to_median_10s = 1;
  bool functions_worthwhile = true;
  Dollars spent_this_hour;
};

class Brain {
 public:
  // `catalog` must outlive the brain. Settings must have passed check().
  Brain(const Catalog& catalog, BrainSettings settings, const MakeScheme& scheme = make_scheme);
  ~Brain();
  Brain(Brain&&) noexcept;

  Route arrive(const Query& query, Time now) { return arrive(select(query), now); }
  Route arrive(const Selected& selected, Time now);
  Selected select(const Query& query) const;
  // What a query that was split asks of one member: the same deadline and class, and its share of
  // what the query may cost. To arrive at the same time; it is routed as any other.
  Query member(const Query& query, EnsembleId ensemble, std::size_t which) const;
  Routes finish(QueryId query, const Outcome& outcome, Time now);
  // A hint that the query will end soon, before what is known of it is needed. Changes nothing.
  void expect(QueryId query) const;
  Routes observe(const MachineEvent& event, Time now);
  Routes wake(Time now);
  Orders tick(Time now);
  Time due() const;  // when wake() has something to do; kNever if nothing waits

  // A machine that was running before this brain began (found by the cloud's list()). What it ran
  // `before` is on the meter of the brain that bought it.
  void adopt(MachineId machine, MachineOfferId offer, bool ready, Time now, Duration before = {});

  // A call of a function, with a query or without, brought no answer and was billed nevertheless.
  void call_billed(FunctionOfferId offer, Duration billed, Time now);

  // The cloud keeps environments of a function provisioned, or no longer. To be told of each
  // change; nobody waits for it, as whoever leaves for a function does so at a moment of its own.
  void provisioned(const ProvisionedState& state, Time now);

  // The variant turned out to be so accurate, 0 to 1 (feedback): selection counts with it from now
  // on. What was selected before stays as it is.
  void accuracy_learned(VariantId variant, Accuracy accuracy);

  // What selection knows: for errors and explanations, and to see whether a kept Selected is still
  // of this generation.
  const Selector& selector() const;
  // The query's constraints with its task's defaults, as selection takes them.
  Constraints completed(const Query& query) const;

  const Catalog& catalog() const;
  const BrainSettings& settings() const;
  const Meter& meter() const;
  BrainStatus status(Time now) const;

  // For explanations; they change nothing. Where no variant meets the query's bounds: those that
  // nearly do and what each would need, the closest first.
  std::vector<Relaxation> nearest(const Query& query) const;
  // What could be done with a query that came now:
  Alternatives alternatives(const Query& query, Time now) const;
  // What the scheme saw and wanted in the last tick (the view lives as long as the brain).
  const View& view() const;
  std::span<const Target> wanted() const;
  // And why, in the scheme's own words; to be asked right after that tick.
  std::string why_wanted() const;

  std::vector<MachineStatus> machines() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace paragon
