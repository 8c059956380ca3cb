// Dispatch: a query whose variant is chosen finds a slot, a function, or a place in the waiting
// room.
#include <algorithm>

#include "brain/brain_impl.h"

namespace paragon {
namespace {

// A machine that lost a query gets nothing new for this long: the cloud's own word that it is gone
// usually arrives sooner.
constexpr Duration kSuspicion = std::chrono::seconds(1);

}  // namespace

template <class Make>
void Brain::Impl::add_route(const Make& make) {
  struct Made {
    const Make& make;
    operator Route() const { return make(); }  // NOLINT(google-explicit-constructor): its purpose
  };
  routes.emplace_back(Made{make});
}

Route Brain::Impl::arrive(const Selected& selected, Time now) {
  if (selected.pick && selected.pick->ensemble) {
    const Candidate& all = selector.candidate(*selected.pick);
    return {QueryId{},           decide(),    Split{*selected.pick->ensemble},
            Reason::together,    all.latency, all.cost,
            selected.query_class};
  }
  ++counters.arrived;
  if (!selected.pick) {
    ++counters.refused;
    return {QueryId{}, decide(), Refuse{}, Reason::infeasible, {}, {}};
  }
  const VariantId variant = selected.pick->variant;
  monitor.record(variant, selected.on_function, now);

  const std::uint32_t row = flights.open();
  waiting.prefetch(row);
  Flight& f = flights[row];
  if (selected.max_cost) f.bound_cost(*selected.max_cost);
  f.variant = variant;
  f.on_function = selected.on_function;
  f.query_class = selected.query_class;
  f.arrived = now;
  if (selected.max_latency) f.deadline = now + *selected.max_latency;
  return scheme->machine_first(now) ? place(row, Reason::free_slot, now)
                                    : place_on_function(row, now);
}

Route Brain::Impl::place(std::uint32_t row, Reason why, Time now) {
  Flight& f = flights[row];
  f.decision = decide();
  const SlotChoice slot = find_slot(f, now);
  if (slot.machine == kNoRow) return overflow(row, now);
  if (!slot.in_time && settings.functions) {
    const FunctionChoice function = find_function(f, now);
    if (function.found && function.in_time) return to_function(row, function, why, now);
  }
  return to_machine(row, slot.machine, why, now);
}

// The scheme wants this one on a function, although a machine may have a free slot.
Route Brain::Impl::place_on_function(std::uint32_t row, Time now) {
  Flight& f = flights[row];
  if (second_choice(f)) return place(row, Reason::free_slot, now);
  const FunctionChoice function = find_function(f, now);
  if (!function.found || !function.in_time) return place(row, Reason::free_slot, now);
  f.decision = decide();
  return to_function(row, function, Reason::function_share, now);
}

Brain::Impl::SlotChoice Brain::Impl::find_slot(const Flight& f, Time now) const {
  SlotChoice late{kNoRow, false};
  if (!fleet.any_room()) return late;
  for (const MachineOfferId offer : fleet.offers_held()) {
    const std::uint32_t machine = fleet.free_machine(f.variant, offer);
    if (machine == kNoRow) continue;
    const Duration service = estimates.on(f.variant, offer).mean();
    if (in_time(f, now + service + settings.overhead)) return {machine, true};
    if (late.machine == kNoRow) late.machine = machine;
  }
  return late;
}

// When a machine should be free for the query, if it joins the waiting room now.
Time Brain::Impl::machine_free_at(const Flight& f, Time now) const {
  if (!fleet.fits(f.variant)) return kNever;
  if (fleet.ready() == 0) return fleet.next_expected();
  const Duration ahead =
      f.query_class == QueryClass::strict ? waiting.strict_backlog() : waiting.backlog();
  // Half a service time is what the query that runs now still needs, on average.
  return now + ahead / fleet.ready() + estimates.on(f.variant, view.cheapest).mean() / 2;
}

Route Brain::Impl::overflow(std::uint32_t row, Time now) {
  Flight& f = flights[row];
  const bool accepted = f.attempts > 0;  // it was promised an answer
  const Time free_at = machine_free_at(f, now);
  const bool machine_in_time =
      free_at != kNever &&
      in_time(f, free_at + estimates.on(f.variant, view.cheapest).mean() + settings.overhead);

  view.now = now;
  view.waiting = static_cast<int>(waiting.size());
  Overflow wish = !settings.functions ? Overflow::wait
                  // Where no machine can ever come there is nothing to wait for.
                  : only_functions() ? Overflow::function_now
                                     : scheme->overflow({f.query_class, machine_in_time}, view);
  // A lesser answer is for the last moment, whatever the scheme likes.
  if (wish == Overflow::function_now && second_choice(f) && !only_functions()) {
    wish = Overflow::wait_for_deadline;
  }
  const Reason busy = fleet.live() == 0 ? Reason::no_machine : Reason::no_free_slot;
  const bool room = waiting.size() < settings.waiting_max || accepted;
  const Reason wait_why = fleet.ready() == 0               ? Reason::machine_booting
                          : wish == Overflow::function_now ? Reason::queue_in_time
                                                           : Reason::slack;

  // Looked for only where it is wanted: most of those that wait find a slot.
  FunctionChoice function;
  if (wish == Overflow::function_now) function = find_function(f, now);
  if (function.found && function.in_time) {
    return to_function(row, function, busy, now);
  }
  const Time leave_at = wish == Overflow::wait            ? kNever
                        : wish == Overflow::wait_for_warm ? last_warm_moment(f)
                                                          : last_moment(f, now);
  const bool function_later = leave_at != kNever && leave_at > now;
  // It should run at once and cannot, but was promised an answer: until then one may be had again.
  const bool retried = accepted && !function.found;
  if (room &&
      (machine_in_time || (function_later && (wish != Overflow::function_now || retried)))) {
    return to_wait(row, free_at, function_later ? leave_at : kNever, wait_why, now);
  }
  // Without a latency bound any machine will do, also one that the next tick buys.
  if (f.deadline == kNever && room && (fleet.fits(f.variant) || fleet.live() == 0) &&
      settings.machines_max > 0) {
    return to_wait(row, free_at, kNever, wait_why, now);
  }
  if (wish != Overflow::function_now && wish != Overflow::wait) function = find_function(f, now);
  if (function.found) {
    return to_function(row, function, wish == Overflow::function_now ? busy : Reason::last_moment,
                       now);
  }
  if (accepted && fleet.fits(f.variant)) return to_wait(row, free_at, kNever, Reason::late, now);
  return refuse(row,
                !room                  ? Reason::waiting_room_full
                : function.over_budget ? Reason::over_budget
                                       : Reason::overload,
                now);
}

Route Brain::Impl::to_machine(std::uint32_t row, std::uint32_t machine, Reason why, Time now) {
  Flight& f = flights[row];
  fleet.take(machine, f.variant, now);
  f.place = Flight::Place::machine;
  f.machine_row = machine;
  f.started = now;
  ++f.attempts;
  ++counters.running;
  const Machine& m = fleet[machine];
  const Duration service = estimates.on(f.variant, m.offer).mean();
  return {flights.id(row),
          f.decision,
          OnMachine{m.id, f.variant},
          why,
          now - f.arrived + service + settings.overhead,
          fleet.slot_price(f.variant, m.offer) * service,
          f.query_class};
}

Route Brain::Impl::to_function(std::uint32_t row, const FunctionChoice& choice, Reason why,
                               Time now) {
  Flight& f = flights[row];
  f.environment = functions.take(f.on_function, choice.offer, now);
  budget.reserve(choice.at_most);
  f.place = Flight::Place::function;
  f.function = choice.offer;
  f.started = now;
  f.reserved = choice.at_most;
  ++f.attempts;
  ++counters.running;
  return {flights.id(row),
          f.decision,
          OnFunction{choice.offer, f.on_function, choice.cold, choice.timeout},
          why,
          now - f.arrived + choice.latency + settings.overhead,
          choice.price,
          f.query_class};
}

Route Brain::Impl::to_wait(std::uint32_t row, Time free_at, Time leave_at, Reason why, Time now) {
  Flight& f = flights[row];
  if (f.attempts == 0) f.attempts = 1;  // accepted
  Duration service{};
  Dollars cost;
  if (!catalog.machine_offers().empty()) {
    const MachineOfferId offer = view.cheapest;
    service = estimates.on(f.variant, offer).mean();
    f.queued = share_of(service, fleet.share_of_whole(f.variant, offer));
    cost = fleet.slot_price(f.variant, offer) * service;
  }
  waiting.add(row, f, leave_at);
  const Time served = free_at == kNever ? leave_at : std::min(free_at, leave_at);
  const Duration wait = served == kNever ? Duration::zero() : std::max(served, now) - f.arrived;
  return {
      flights.id(row), f.decision, Wait{leave_at}, why, wait + service + settings.overhead, cost,
      f.query_class};
}

Route Brain::Impl::refuse(std::uint32_t row, Reason why, Time now) {
  const Flight& f = flights[row];
  const QueryId id = flights.id(row);
  flights.close(row);  // what it says stays until the row is opened again
  ++counters.refused;
  return {id, f.decision, Refuse{retry_after(now)}, why, {}, {}, f.query_class};
}

Duration Brain::Impl::retry_after(Time now) const {
  constexpr Duration kLeast = std::chrono::seconds(1);
  if (fleet.booting() > 0) return std::max(kLeast, fleet.next_expected() - now);
  if (fleet.ready() == 0 && settings.machines_max > 0) return std::max(kLeast, view.provisioning);
  return std::max(kLeast, waiting.backlog() / std::max(1, fleet.ready()));
}

void Brain::Impl::try_again(std::uint32_t row, Time now) {
  Flight& f = flights[row];
  f.place = Flight::Place::none;
  ++counters.rerouted;
  if (f.attempts >= settings.attempts_max) {
    f.decision = decide();
    return add_route([&] { return refuse(row, Reason::machine_lost, now); });
  }
  add_route([&] { return place(row, Reason::machine_lost, now); });
}

void Brain::Impl::finish(QueryId query, const Outcome& outcome, Time now) {
  const std::uint32_t row = flights.find(query);
  if (row == kNoRow || flights[row].decision != outcome.decision) return;
  Flight& f = flights[row];
  const bool answered = outcome.ending == Ending::answered;
  const bool lost = goes_elsewhere(outcome.ending);
  switch (f.place) {
    case Flight::Place::machine: {
      const Machine& m = fleet[f.machine_row];
      const double share = fleet.share_of_whole(f.variant, m.offer);
      if (answered) {
        // What counts is how long the slot was taken, not the run alone: the worker's own work and
        // the way there and back take their share of a small machine too.
        estimates.learn(f.variant, m.offer, now - f.started);
        meter.machine_served(m.offer, f.variant, share_of(outcome.service, share));
      }
      fleet.give_back(f.machine_row, f.variant, now);
      if (lost) {
        fleet.suspect(f.machine_row);
        suspects_clear = now + kSuspicion;
      }
      --counters.running;
      break;
    }
    case Flight::Place::function:
      end_call(f, outcome, now);
      --counters.running;
      break;
    case Flight::Place::waiting:
      if (outcome.ending != Ending::abandoned) return;  // nothing can have run it
      waiting.remove(row, f);
      break;
    case Flight::Place::warm_up:
      end_warm_up(row, outcome, now);
      return;
    case Flight::Place::none:
      return;
  }
  if (lost) {
    try_again(row, now);
  } else {
    if (answered) {
      ++counters.answered;
      if (now > f.deadline) ++counters.missed;
    }
    flights.close(row);
  }
  serve_waiting(now);
}

// A call of a function has ended: what it cost, and what it says of the next ones.
void Brain::Impl::end_call(const Flight& f, const Outcome& outcome, Time now) {
  const bool answered = outcome.ending == Ending::answered;
  const Duration took = now - f.started;
  functions.give_back(f.on_function, f.function, f.environment,
                      !goes_elsewhere(outcome.ending) && !outcome.provisioned, now);
  Dollars spent;
  if (outcome.billed > Duration::zero() || answered) {
    meter.function_served(f.function, f.on_function,
                          {outcome.billed, outcome.cold, outcome.provisioned});
    spent = call_price(catalog.offer(f.function), outcome.billed, outcome.provisioned);
  }
  budget.settle(f.reserved, spent, now);

  if (outcome.ending == Ending::throttled) functions.throttled(f.function, now);
  const Duration start =
      std::max(Duration::zero(), took - estimates.on(f.on_function, f.function).mean());
  if (answered && outcome.cold) {
    estimates.learn_cold_start(f.on_function, f.function, start);
  } else if (answered) {
    estimates.learn(f.on_function, f.function, took);
  } else if (outcome.ending == Ending::lost &&
             took >= function_terms.on(f.on_function, f.function).timeout) {
    // Nearly always it was still starting. Were nothing learned from it, starts that take too long
    // would be tried again for ever.
    estimates.cold_start_outlasted(f.on_function, f.function, start);
  } else {
    return;
  }
  function_terms.update(f.on_function, f.function);
}

// Slots may have become free: the waiting queries take them, earliest deadline first.
void Brain::Impl::serve_waiting(Time now) {
  while (!waiting.empty() && fleet.ready() > 0) {
    if (!fleet.any_room() && fleet.fits_all()) return;  // without a look at who waits
    const std::uint32_t row = waiting.first();
    Flight& f = flights[row];
    const SlotChoice slot = find_slot(f, now);
    if (slot.machine == kNoRow) {
      if (fleet.fits(f.variant)) return;
      // The machines it could run on have gone, and it must not hold up those behind it.
      waiting.remove(row, f);
      f.decision = decide();
      const FunctionChoice function = find_function(f, now);
      add_route([&] {
        return function.found ? to_function(row, function, Reason::machine_lost, now)
                              : refuse(row, Reason::machine_lost, now);
      });
      continue;
    }
    if (!slot.in_time && !f.late) {
      // It would only make another one late: those that can still be on time go first.
      f.late = true;
      waiting.demote(row, f);
      continue;
    }
    waiting.remove(row, f);
    if (!waiting.empty()) flights.prefetch(waiting.first());
    f.decision = decide();
    add_route([&] {
      return to_machine(row, slot.machine, f.late ? Reason::late : Reason::slot_freed, now);
    });
  }
}

// Last responsible moments that have come.
void Brain::Impl::leave_waiting(Time now) {
  if (now >= suspects_clear) {
    fleet.clear_suspects();
    suspects_clear = kNever;
    serve_waiting(now);
  }
  while (waiting.next_leave() <= now) {
    const std::uint32_t row = waiting.first_to_leave();
    Flight& f = flights[row];
    const FunctionChoice function = find_function(f, now);
    if (!function.found && !only_functions()) {
      waiting.stay(row);
      continue;
    }
    waiting.remove(row, f);
    f.decision = decide();
    add_route([&] {
      return function.found
                 ? to_function(row, function, Reason::last_moment, now)
                 : refuse(row, function.over_budget ? Reason::over_budget : Reason::overload, now);
    });
  }
}

void Brain::Impl::lose_machine(std::uint32_t machine, const MachineEvent& event, Time now) {
  stranded.clear();
  // Rare, so whoever runs there is looked for now and not kept in a list by every query.
  for (std::uint32_t row = 0; fleet[machine].running > 0 && row < flights.rows(); ++row) {
    const Flight& f = flights[row];
    if (f.place != Flight::Place::machine || f.machine_row != machine) continue;
    fleet.give_back(machine, f.variant, now);
    --counters.running;
    stranded.push_back(row);
  }
  end_machine(machine, event, now);
  // First in, first out.
  std::sort(stranded.begin(), stranded.end(), [&](std::uint32_t a, std::uint32_t b) {
    return flights[a].decision < flights[b].decision;
  });
  for (const std::uint32_t row : stranded) try_again(row, now);
  serve_waiting(now);
}

}  // namespace paragon
