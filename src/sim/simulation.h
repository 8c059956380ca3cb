// One run: the event loop between the arrivals, the brain and the virtual cloud.
//
// What happens next is the earliest of three streams: the arrivals, the departures (an event list),
// and the rare rest (machines, the brain's due moment, ticks, samples). At the same moment that is
// also their order, but that arrivals come last: whoever comes finds what has become free.
#pragma once

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/random.h"
#include "brain/journal.h"
#include "sim/classes.h"
#include "sim/decision_hash.h"
#include "sim/departures.h"
#include "sim/result.h"
#include "sim/scenario.h"
#include "sim/service_times.h"
#include "sim/tally.h"
#include "sim/time_series.h"
#include "sim/together.h"
#include "sim/virtual_functions.h"
#include "sim/virtual_machines.h"

namespace paragon::sim {

// Names of the random streams: each kind of chance has its own, so that one does not shift another.
enum class Stream : std::uint64_t { classes = 1, quantiles, machines, cold_starts, members };

template <class TheBrain>
class Simulation {
 public:
  Simulation(const Scenario& scenario, TheBrain& brain, const Meter& meter,
             std::vector<RunClass> classes, ArrivalsPtr arrivals, const OnProgress& progress)
      : scenario_(scenario),
        catalog_(*scenario.catalog),
        brain_(brain),
        meter_(meter),
        progress_(progress),
        arrivals_(std::move(arrivals)),
        overhead_(scenario.brain.overhead),
        class_random_(stream(Stream::classes)),
        quantile_random_(stream(Stream::quantiles)),
        member_random_(stream(Stream::members)),
        service_times_(catalog_),
        functions_(catalog_, stream(Stream::cold_starts)),
        machines_(catalog_, stream(Stream::machines)),
        series_(scenario.sample),
        tally_(std::move(classes), overhead_, series_),
        machine_offers_(catalog_.machine_offers().size()) {}

  RunResult run() {
    make_pairs();
    for (const RunClass& c : tally_.classes()) asked_.push_back(brain_.select(c.query));
    begin_standing();
    step_arrivals();
    while (!over_) {
      const Time departure = departures_.next();
      const Time other = std::min(due_, rest_);
      if (departure <= arrival_ && departure <= other) {
        depart();
      } else if (other <= arrival_) {
        rest(other);
      } else {
        arrive();
      }
    }
    return finish();
  }

 private:
  static constexpr Duration kWarmUp = std::chrono::milliseconds(1);
  enum class Kind : std::uint8_t { none, waiting, machine, function, warm };

  // A query that the brain has accepted, or a warm-up call; at the brain's own row. Thousands may
  // wait, so what is asked of one when it goes on stands close together.
  struct Seat {
    std::uint32_t quantile = 0;
    std::uint16_t of_class = 0;
    Kind kind = Kind::none;
    bool member = false;  // of an ensemble: `group_of_` has which query it helps to answer
  };
  struct alignas(64) Flown {
    QueryId query;
    DecisionId decision;
    Time arrived{};
    Duration service{};
    Duration billed{};
    MachineId machine;         // kind == machine
    FunctionOfferId function;  // kind == function or warm
    VariantId variant;
    Ending ending = Ending::answered;
    FunctionPool::Environment environment{};  // kind == function or warm
    bool cold() const { return environment == FunctionPool::Environment::cold; }
    bool provisioned() const { return environment == FunctionPool::Environment::provisioned; }
  };
  static_assert(sizeof(Flown) == 64, "one cache line");

  // What is asked for at every attempt on a machine.
  struct Pair {
    Duration median{};
    double share = 0;  // kWhole-ths of a machine
  };

  Random stream(Stream name) const {
    return Random(scenario_.seed).stream(static_cast<std::uint64_t>(name));
  }

  std::uint32_t row(QueryId query) {
    const auto at = static_cast<std::uint32_t>(query.value);
    if (at >= seats_.size()) [[unlikely]]
      grow(at + 1);
    return at;
  }
  [[gnu::noinline]] void grow(std::size_t rows) {
    seats_.resize(rows);
    flown_.resize(rows);
    group_of_.resize(rows);
  }

  void step_arrivals() { arrival_ = arrivals_->next().value_or(kNever); }

  void move_to(Time now) {
    now_ = now;
    series_.pass(state_, now);
    ++events_;
  }

  const Pair& pair(VariantId variant, MachineOfferId offer) const {
    return pairs_[variant.index() * machine_offers_ + offer.index()];
  }
  void make_pairs() {
    for (std::uint32_t v = 0; v < catalog_.variants().size(); ++v) {
      for (std::uint32_t o = 0; o < catalog_.machine_offers().size(); ++o) {
        const MachineProfile& p = catalog_.profile(VariantId{v}, MachineOfferId{o});
        const int share = State::kWhole / std::max(1, p.slots);
        pairs_.push_back({p.service_p50, static_cast<double>(share)});
      }
    }
  }

  void begin_standing() {
    std::uint32_t id = 0;
    for (const Standing& standing : scenario_.standing) {
      for (int i = 0; i < standing.machines; ++i) {
        machines_.adopt(MachineId{++id}, standing.offer, now_);
        brain_.adopt(MachineId{id}, standing.offer, true, now_);
      }
    }
    for (const Provisioned& one : scenario_.provisioned) {
      functions_.provision(one);
      brain_.provisioned({one.offer, one.variant, one.environments, one.environments}, now_);
    }
    count_machines();
    look_at_rest();
  }

  void arrive() {
    move_to(arrival_);
    const std::size_t of_class = scenario_.load.mix.draw(class_random_);
    const auto quantile = static_cast<std::uint32_t>(quantile_random_.bits() >> 32);
    tally_.arrived(of_class);
    const Route route = brain_.arrive(asked_[of_class], now_);
    RunClass& c = tally_[of_class];
    if (!c.query_class) c.query_class = route.query_class;
    if (const auto* refused = std::get_if<Refuse>(&route.where)) {
      made_.note(route, *refused);
      tally_.refused(of_class);
    } else if (const auto* split = std::get_if<Split>(&route.where)) {
      made_.note(route, *split);
      arrive_together(of_class, split->ensemble);
    } else {
      accept(route, of_class, quantile);
    }
    look();
    if (progress_ && tally_.requests() % 16384 == 0) progress_(now_, tally_.requests());
    step_arrivals();
    if (arrival_ == kNever) idle_since_ = now_;
    settle();
  }

  void accept(const Route& route, std::size_t of_class, std::uint32_t quantile,
              std::optional<std::uint32_t> group = std::nullopt) {
    const std::uint32_t at = row(route.query);
    Flown& f = flown_[at];
    f.query = route.query;
    f.arrived = now_;
    seats_[at] = {quantile, static_cast<std::uint16_t>(of_class), Kind::none, group.has_value()};
    if (group) group_of_[at] = *group;
    ++open_;
    follow(route);
  }

  // An ensemble answers: a query to each member, at the same time.
  void arrive_together(std::size_t of_class, EnsembleId ensemble) {
    const RunClass& c = tally_[of_class];
    const auto members = static_cast<std::uint32_t>(catalog_.ensemble(ensemble).members.size());
    if (asked_of_members_.empty()) asked_of_members_.resize(tally_.size());
    std::vector<Asked>& asked = asked_of_members_[of_class];
    for (std::uint32_t m = static_cast<std::uint32_t>(asked.size()); m < members; ++m) {
      asked.push_back(brain_.select(brain_.member(c.query, ensemble, m)));
    }
    const Time last_moment =
        c.constraints.max_latency ? now_ + *c.constraints.max_latency - overhead_ : kNever;
    const std::uint32_t group = together_.open(
        {ensemble, static_cast<std::uint32_t>(of_class), now_, last_moment, members});
    for (std::uint32_t m = 0; m < members; ++m) {
      // How long each takes is its own matter: they are other networks on other machines.
      const auto quantile = static_cast<std::uint32_t>(member_random_.bits() >> 32);
      const Route route = brain_.arrive(asked[m], now_);
      if (const auto* refused = std::get_if<Refuse>(&route.where)) {
        made_.note(route, *refused);
        end_member(group, std::nullopt);
      } else {
        accept(route, of_class, quantile, group);
      }
    }
  }

  void end_member(std::uint32_t group, const std::optional<Together::Vote>& vote) {
    const std::optional<Together::Verdict> verdict = together_.end_member(group, vote, now_);
    if (verdict) tally_.ended(*verdict);
  }

  // It ends without an answer.
  void give_up(std::uint32_t at) {
    if (seats_[at].member) {
      end_member(group_of_[at], std::nullopt);
    } else {
      tally_.refused(seats_[at].of_class);
    }
  }

  void follow(Routes routes) {
    for (const Route& route : routes) follow(route);
  }

  void follow(const Route& route) {
    const std::uint32_t at = row(route.query);
    Seat& seat = seats_[at];
    Flown& f = flown_[at];
    f.decision = route.decision;
    if (seat.kind != Kind::none) leave_place(seat, f);
    if (const auto* m = std::get_if<OnMachine>(&route.where)) {
      made_.note(route, *m);
      const Pair& p = pair(m->variant, machines_.offer(m->machine));
      seat.kind = Kind::machine;
      f.ending = Ending::answered;
      f.machine = m->machine;
      f.variant = m->variant;
      f.service = machines_.begin(m->machine, m->variant,
                                  service_times_.draw(m->variant, p.median, seat.quantile), now_);
      state_.busy += p.share;
      depart_at(now_ + f.service + scenario_.hand_off, route.query, route.decision);
    } else if (const auto* to = std::get_if<OnFunction>(&route.where)) {
      made_.note(route, *to);
      const Duration median = catalog_.profile(to->variant, to->offer).service_p50;
      seat.kind = Kind::function;
      call(f, to->variant, to->offer, service_times_.draw(to->variant, median, seat.quantile),
           to->timeout);
    } else if (const auto* wait = std::get_if<Wait>(&route.where)) {
      made_.note(route, *wait);
      seat.kind = Kind::waiting;
      state_.waiting += 1;
    } else {
      made_.note(route, std::get<Refuse>(route.where));
      end_query(seat);
      give_up(at);
    }
  }

  void call(Flown& f, VariantId variant, FunctionOfferId offer, Duration service,
            Duration timeout) {
    const VirtualFunctions::Call call = functions_.invoke(variant, offer, service, timeout, now_);
    f.variant = variant;
    f.function = offer;
    f.service = service;
    f.billed = call.billed;
    f.ending = call.ending;
    f.environment = call.environment;
    if (call.ending == Ending::throttled) ++throttled_;
    state_.on_functions = functions_.running();
    depart_at(now_ + call.takes + scenario_.hand_off, f.query, f.decision);
  }

  void depart_at(Time when, QueryId query, DecisionId decision) {
    departures_.push({when, static_cast<std::uint32_t>(decision.value),
                      static_cast<std::uint32_t>(query.value)});
  }

  // The attempt has ended, or its machine has gone, or the query need not wait any longer.
  void leave_place(Seat& seat, const Flown& f) {
    if (seat.kind == Kind::machine) {
      state_.busy -= pair(f.variant, machines_.offer(f.machine)).share;
      if (machines_.end(f.machine, now_)) look_at_rest();
    } else if (seat.kind == Kind::waiting) {
      state_.waiting -= 1;
    } else {
      functions_.finish(f.variant, f.function, f.environment, f.ending, now_);
      state_.on_functions = functions_.running();
    }
    seat.kind = Kind::none;
  }

  void end_query(Seat& seat) {
    seat.kind = Kind::none;
    --open_;
    if (arrival_ == kNever) idle_since_ = now_;
  }

  void depart() {
    const Departure d = departures_.top();
    departures_.pop();
    move_to(d.when);
    if (!departures_.empty()) {
      const std::uint32_t next = departures_.top().row;
      __builtin_prefetch(&flown_[next]);
      brain_.expect(QueryId{next});
    }
    Seat& seat = seats_[d.row];
    const Flown& f = flown_[d.row];
    const bool on_function = seat.kind == Kind::function || seat.kind == Kind::warm;
    if (static_cast<std::uint32_t>(f.decision.value) != d.decision ||
        !(on_function || seat.kind == Kind::machine)) {
      return;  // its machine went away: it was sent elsewhere
    }
    const bool warm_up = seat.kind == Kind::warm;
    Outcome outcome{f.decision, f.ending, f.service, false, {}};
    if (on_function) {
      outcome.cold = f.cold();
      outcome.billed = f.billed;
      outcome.provisioned = f.provisioned();
    }
    const bool served = outcome.ending == Ending::answered && !warm_up;
    if (served) answer(seat, f, on_function);
    leave_place(seat, f);
    if (served) end_query(seat);
    if (warm_up) --warm_running_;
    follow(brain_.finish(f.query, outcome, now_));
    look();
    settle();
  }

  void answer(const Seat& seat, const Flown& f, bool on_function) {
    if (on_function) {
      ++on_functions_;
      cold_starts_ += f.cold() ? 1 : 0;
    }
    if (seat.member) {
      end_member(group_of_[static_cast<std::uint32_t>(f.query.value)],
                 Together::Vote{f.variant, catalog_.variant(f.variant).accuracy.top1,
                                cost(f, on_function)});
      return;
    }
    tally_.answered(seat.of_class, f.variant, now_ - f.arrived,
                    [&] { return cost(f, on_function); });
  }

  Dollars cost(const Flown& f, bool on_function) const {
    if (on_function) return call_price(catalog_.offer(f.function), f.billed, f.provisioned());
    const MachineOfferId offer = machines_.offer(f.machine);
    const int slots = std::max(1, catalog_.profile(f.variant, offer).slots);
    return catalog_.offer(offer).price * f.service / slots;
  }

  // The brain was called: it may want to be woken at another time.
  void look() { due_ = brain_.due(); }
  // The rest that comes by itself: machines, ticks, samples.
  void look_at_rest() {
    rest_ = std::min({tick_, second_, series_.sample_end(), machines_.next()});
  }

  void settle() {
    if (arrival_ == kNever && open_ == 0) over_ = true;
  }

  void rest(Time when) {
    move_to(when);
    if (machines_.next() <= when) {
      series_.pass_machines(state_, now_);
      const std::optional<MachineEvent> event = machines_.happen(now_);
      count_machines();
      if (event) observe(*event);
    } else if (due_ <= when) {
      follow(brain_.wake(now_));
      look();  // the rest has not moved
      return settle();
    } else if (tick_ <= when) {
      tick();
    } else {
      sample(when);
    }
    look_at_rest();
    look();
    settle();
  }

  void observe(const MachineEvent& event) { follow(brain_.observe(event, now_)); }

  void count_machines() {
    state_.booting = machines_.booting();
    state_.ready = machines_.ready();
    machines_peak_ = std::max(machines_peak_, state_.ready);
  }

  void tick() {
    tick_ = now_ + scenario_.brain.tick;
    series_.pass_machines(state_, now_);
    for (const Order& order : brain_.tick(now_)) carry_out(order);
    count_machines();
    if (arrival_ == kNever && now_ - idle_since_ > kPatience) give_up();
  }

  void carry_out(const Order& order) {
    if (const auto* buy = std::get_if<Buy>(&order)) {
      made_.note(*buy);
      machines_.launch(buy->machine, buy->offer, now_);
    } else if (const auto* release = std::get_if<Release>(&order)) {
      made_.note(*release);
      machines_.release(release->machine, now_);
    } else {
      warm_up(std::get<Warm>(order));
    }
  }

  // A warm-up asks whether the model is ready, as the live server does: next to nothing once it is.
  void warm_up(const Warm& warm) {
    made_.note(warm);
    const std::uint32_t at = row(warm.call);
    Flown& f = flown_[at];
    f.query = warm.call;
    f.decision = warm.decision;
    f.arrived = now_;
    seats_[at].kind = Kind::warm;
    ++warm_running_;
    ++warm_ups_;
    call(f, warm.variant, warm.offer, kWarmUp, warm.timeout);
  }

  void sample(Time when) {
    if (second_ <= when) {
      second_ += std::chrono::seconds(1);
      const int needed = static_cast<int>(std::ceil(state_.busy / State::kWhole));
      overprovisioned_ += std::chrono::seconds(1) * std::max(0, state_.ready - needed);
    }
    if (series_.sample_end() <= when) {
      series_.pass_machines(state_, now_);
      series_.close(bill(), now_);
    }
  }

  Bill bill() const {
    Bill bill = meter_.bill(now_);
    bill.machines += machines_.surcharge();
    return bill;
  }

  // Nothing has moved for so long that nothing ever will (no machine can be paid for, say): whoever
  // still waits goes away unserved.
  void give_up() {
    for (std::uint32_t at = 0; at < flown_.size(); ++at) {
      Seat& seat = seats_[at];
      const Flown& f = flown_[at];
      if (seat.kind != Kind::waiting) continue;
      const Outcome outcome{f.decision, Ending::abandoned, {}, false, {}};
      give_up(at);
      leave_place(seat, f);
      end_query(seat);
      follow(brain_.finish(f.query, outcome, now_));
    }
    idle_since_ = now_;
  }

  RunResult finish() {
    // What is billed is what the load needed.
    series_.pass_machines(state_, now_);
    while (const std::optional<MachineId> left = machines_.oldest()) {
      machines_.forget(*left, now_);
      observe({*left, MachineEventKind::gone, {}, false});
    }
    count_machines();
    while (warm_running_ > 0 && !departures_.empty()) depart();
    for (const Provisioned& one : scenario_.provisioned) {
      brain_.provisioned({one.offer, one.variant, 0, 0}, now_);
    }
    series_.close(bill(), now_);

    RunResult r;
    r.scheme = scenario_.brain.scheme;
    r.seed = scenario_.seed;
    r.length = now_.time_since_epoch();
    report(tally_.classes(), scenario_.load.mix, catalog_, r);
    r.cost = bill();
    r.surcharge = machines_.surcharge();
    r.overprovisioned = overprovisioned_;
    report(meter_, catalog_, now_, r);
    r.machines_peak = machines_peak_;
    r.machines_bought = machines_.bought();
    r.boot_failures = machines_.boot_failures();
    r.no_capacity = machines_.no_capacity();
    r.interruptions = machines_.interruptions();
    r.on_functions = on_functions_;
    r.cold_starts = cold_starts_;
    r.warm_ups = warm_ups_;
    r.throttled = throttled_;
    r.series = series_.take();
    r.decisions = made_.decisions();
    r.events = events_;
    r.hash = made_.value();
    if (progress_) progress_(now_, tally_.requests());
    return r;
  }

  static constexpr Duration kPatience = std::chrono::hours(2);

  const Scenario& scenario_;
  const Catalog& catalog_;
  TheBrain& brain_;
  const Meter& meter_;
  const OnProgress& progress_;
  // What each class asks the brain, as far as that can be worked out once for all of its queries.
  using Asked = std::decay_t<decltype(std::declval<TheBrain&>().select(std::declval<Query>()))>;
  std::vector<Asked> asked_;
  std::vector<std::vector<Asked>> asked_of_members_;  // by class, where an ensemble answers it
  ArrivalsPtr arrivals_;
  Duration overhead_;
  Random class_random_;
  Random quantile_random_;
  Random member_random_;
  ServiceTimes service_times_;
  VirtualFunctions functions_;
  VirtualMachines machines_;
  TimeSeries series_;
  Tally tally_;
  DecisionHash made_;
  Departures departures_;
  std::vector<Seat> seats_;
  std::vector<Flown> flown_;
  std::vector<std::uint32_t> group_of_;  // of members, by the same row
  Together together_;
  std::vector<Pair> pairs_;  // variant-major
  std::size_t machine_offers_;
  State state_;

  Time now_{};
  Time arrival_ = kNever;
  Time tick_{};
  Time second_{std::chrono::seconds(1)};
  Time due_ = kNever;
  Time rest_{};
  Time idle_since_{};
  bool over_ = false;
  std::uint64_t open_ = 0;
  std::uint64_t warm_running_ = 0;
  std::uint64_t warm_ups_ = 0;
  std::uint64_t on_functions_ = 0;
  std::uint64_t cold_starts_ = 0;
  std::uint64_t throttled_ = 0;
  std::uint64_t events_ = 0;
  int machines_peak_ = 0;
  Duration overprovisioned_{};
};

}  // namespace paragon::sim
