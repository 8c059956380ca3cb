// The brain's inside: the pieces and the two flows that meet in the fleet.
//
// choose.cpp, dispatch.cpp: arrival -> select -> slot | function (function_choice.cpp) | wait.
// procure.cpp: load -> scheme -> orders (keep_warm.cpp: those that are calls).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "brain/brain.h"
#include "brain/budget.h"
#include "brain/estimates.h"
#include "brain/fleet.h"
#include "brain/flights.h"
#include "brain/function_pool.h"
#include "brain/function_reach.h"
#include "brain/function_terms.h"
#include "brain/scheme.h"
#include "brain/select.h"
#include "brain/waiting.h"

namespace paragon {

struct Brain::Impl {
  Impl(const Catalog& catalog, BrainSettings settings, const MakeScheme& make);

  // choose.cpp
  Selected select(const Query& query) const;

  // dispatch.cpp, function_choice.cpp
  Route arrive(const Selected& selected, Time now);
  void finish(QueryId query, const Outcome& outcome, Time now);
  void end_call(const Flight& flight, const Outcome& outcome, Time now);
  void leave_waiting(Time now);
  void serve_waiting(Time now);
  void lose_machine(std::uint32_t machine, const MachineEvent& event, Time now);

  // procure.cpp
  void look(Time now);  // brings the view up to date
  void procure(Time now);

  // What a function would do for a query now.
  struct FunctionChoice {
    bool found = false;
    bool in_time = false;
    bool over_budget = false;  // one would do, if it could be paid for
    bool cold = false;
    FunctionOfferId offer;
    Duration latency{};  // from now
    Duration timeout{};
    Dollars price;
    Dollars at_most;
  };
  struct SlotChoice {
    std::uint32_t machine = kNoRow;
    bool in_time = true;
  };

  Constraints complete(const Query& query) const;
  // Nothing: no variant meets the bounds. Those that the selection does not heed are taken out, and
  // those that a best effort cannot meet become what can be met.
  std::optional<Pick> choose(const Query& query, Constraints& constraints) const;
  VariantId choose_on_function(const Query& query, VariantId chosen,
                               const Constraints& constraints) const;
  QueryClass classify(const Constraints& constraints, const Pick& pick) const;
  SlotChoice find_slot(const Flight& flight, Time now) const;
  bool affordable(const Flight& flight, FunctionOfferId offer) const;
  // Of the next call, by where it will run.
  Dollars expected_price(VariantId variant, FunctionOfferId offer) const;
  // A function would answer it with another variant than the one that suits it best.
  static bool second_choice(const Flight& f) { return f.on_function != f.variant; }
  FunctionChoice find_function(const Flight& flight, Time now);
  // kNever: no function can answer it.
  Time last_moment(const Flight& flight, Time now) const;
  Time last_warm_moment(const Flight& flight) const;
  Time machine_free_at(const Flight& flight, Time now) const;
  // No machine is there and none can come.
  bool only_functions() const { return settings.machines_max == 0 && fleet.live() == 0; }
  bool in_time(const Flight& flight, Time answered) const {
    return flight.deadline == kNever || answered <= flight.deadline;
  }

  Route place(std::uint32_t row, Reason why, Time now);
  Route place_on_function(std::uint32_t row, Time now);
  Route overflow(std::uint32_t row, Time now);
  Route to_machine(std::uint32_t row, std::uint32_t machine, Reason why, Time now);
  Route to_function(std::uint32_t row, const FunctionChoice& choice, Reason why, Time now);
  Route to_wait(std::uint32_t row, Time free_at, Time leave_at, Reason why, Time now);
  Route refuse(std::uint32_t row, Reason why, Time now);  // closes the flight
  // Adds what `make` returns to the routes, made in its place: a copy of what was just written
  // would wait for it.
  template <class Make>
  void add_route(const Make& make);
  void try_again(std::uint32_t row, Time now);
  Duration retry_after(Time now) const;
  DecisionId decide() { return DecisionId{++decisions}; }

  void lose_soon(std::uint32_t machine, Duration notice, Time now);
  void end_machine(std::uint32_t machine, const MachineEvent& event, Time now);
  void settle(const Machine& machine, const MachineEvent& event, Time now);
  void settle_lost(const MachineEvent& event, Time now);
  void bring_to(const Target& target, Time now);
  void bring_to(std::span<const Target> targets, Time now);
  void buy(MachineOfferId offer, int count, OrderReason why, Time now);
  void give_back(int count, OrderReason why, Time now);
  bool give_back_one(MachineOfferId offer, OrderReason why, Time now);

  // alternatives.cpp
  Obstacle against_bounds(const Alternative& alternative, const Constraints& constraints) const;
  Alternative on_machine(VariantId variant, const MachineCount& count, const Flight& flight,
                         const Constraints& constraints, Time now) const;
  Alternative on_function(VariantId variant, FunctionOfferId offer, const Constraints& constraints,
                          Time now) const;

  // keep_warm.cpp
  void keep_warm(std::span<const WarmTarget> targets, Time now);
  bool warm_up(VariantId variant, FunctionOfferId offer, Time now);
  void end_warm_up(std::uint32_t row, const Outcome& outcome, Time now);

  const Catalog& catalog;
  BrainSettings settings;
  Selector selector;
  Estimates estimates;
  FunctionTerms function_terms;  // follow the estimates
  FunctionReach reach;
  Monitor monitor;
  Forecast forecast;
  Flights flights;
  Fleet fleet;
  FunctionPool functions;
  Waiting waiting;
  Meter meter;
  Budget budget;
  std::unique_ptr<Scheme> scheme;

  std::vector<double> work_per_query;
  std::vector<double> share_per_query;
  std::vector<Time> blocked_until;  // per machine offer: the cloud had none, or takes them back
  View view;
  std::uint64_t forecast_fed = 0;  // samples
  Time suspects_clear = kNever;

  std::vector<Route> routes;
  std::vector<Order> orders;
  std::vector<Target> last_wanted;      // machines, by the scheme in the last tick
  std::vector<int> goal;                // machines by offer, while several targets are met
  std::vector<std::uint32_t> stranded;  // flights of a lost machine
  std::vector<Machine> unsettled;  // lost: in no fleet any more, and billed until they are gone

  std::uint64_t decisions = 0;
  std::uint32_t machines_bought = 0;
  BrainStatus counters;  // only the counters of it are kept here
};

}  // namespace paragon
