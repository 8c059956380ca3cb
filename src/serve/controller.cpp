#include "serve/controller.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <charconv>
#include <chrono>
#include <unordered_map>

#include "wire/oip.h"

namespace paragon {
namespace {

Duration microseconds_header(const http::Headers& headers, std::string_view header) {
  std::string_view text = headers.find(header);
  std::int64_t us = 0;
  std::from_chars(text.data(), text.data() + text.size(), us);
  return std::chrono::microseconds(us > 0 ? us : 0);
}

std::int64_t unix_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Fate fate_of(Ending ending) {
  switch (ending) {
    case Ending::answered:
      return Fate::answered;
    case Ending::rejected:
      return Fate::rejected;
    case Ending::lost:
      return Fate::lost;
    case Ending::throttled:
      return Fate::throttled;
    case Ending::abandoned:
      return Fate::abandoned;
  }
  return Fate::lost;
}

// What a worker's status means for the query. 404 is a machine that lacks the variant: another may
// have it.
Ending ending_of(int status) {
  if (status >= 200 && status < 300) return Ending::answered;
  if (status == 429) return Ending::throttled;
  if (status >= 400 && status < 500 && status != 404 && status != 408) return Ending::rejected;
  return Ending::lost;
}

}  // namespace

// One query between submit() and its verdict.
struct Flown {
  Ask ask;
  std::unique_ptr<Asker> asker;
  Route route;  // the current one
  QueryClass query_class = QueryClass::strict;
  MachineOfferId machine_offer;  // of a route to a machine
  int attempts = 0;
  bool waited = false;
  std::optional<Duration> bound;  // as the client said it
  Time sent{};
  std::string last_error;
};

struct Controller::Impl : std::enable_shared_from_this<Controller::Impl> {
  Impl(Loop& the_loop, const Catalog& the_catalog, BrainSettings brain_settings,
       ControllerSettings the_settings, JournalSink sink)
      : loop(the_loop),
        catalog(the_catalog),
        settings(the_settings),
        brain(the_catalog, std::move(brain_settings), std::move(sink)),
        machines(the_loop, the_settings.machines,
                 [this](const MachineEvent& event) { observe(event); }),
        statistics(the_catalog) {
    for (const Variant& variant : catalog.variants()) {
      targets.push_back("/v2/models/" + variant.name + "/infer");
    }
  }

  void submit(Ask ask, std::unique_ptr<Asker> asker);
  void take(Routes routes);
  void carry_out();
  void execute(const Route& route);
  void send_to_machine(QueryId query, Flown& flown, const OnMachine& where);
  void send_to_function(QueryId query, Flown& flown, const OnFunction& where);
  void machine_answered(QueryId query, DecisionId decision, MachineId machine,
                        Result<http::Answer> answer);
  void function_answered(QueryId query, DecisionId decision, Result<FunctionAnswer> answer);
  void conclude(QueryId query, Outcome outcome, http::Answer answer);
  void end_attempt(QueryId query, Outcome outcome);
  void observe(const MachineEvent& event);
  void tick();
  void arm();
  void record(QueryId query, Flown& flown, const Route& route);
  Flown* find(QueryId query, DecisionId decision);
  http::Headers headers_for(const Flown& flown) const;
  std::optional<Duration> bound_of(const Flown& flown) const;
  Dollars price(const Flown& flown, const Outcome& outcome) const;
  void count_answer(const Flown& flown, const Answered& answered, Duration latency);

  Loop& loop;
  const Catalog& catalog;
  ControllerSettings settings;
  Recorded brain;
  Machines machines;
  Statistics statistics;
  Decisions decisions;
  Cloud* cloud = nullptr;
  std::vector<std::string> targets;  // by variant
  std::unordered_map<QueryId, Flown> flying;
  std::vector<Route> todo;  // copied from the brain's buffer, which its next call reuses
  bool carrying_out = false;
  Loop::Timer tick_timer;
  Loop::Timer wake_timer;
  Time armed_for = kNever;
  bool stopping = false;
  Loop::Timer patience;
};

void Controller::Impl::submit(Ask ask, std::unique_ptr<Asker> asker) {
  const Time now = loop.now();
  // The bound counts from the arrival at the gateway; what reading and parsing took is gone.
  const Duration spent = now - ask.arrived;
  auto& bound = ask.query.constraints.max_latency;
  const std::optional<Duration> asked = bound;
  if (bound && spent > std::chrono::milliseconds(1)) {
    bound = std::max(*bound - spent, Duration(1));
  }
  ++statistics.arrived;
  const Route route = brain.arrive(ask.query, now);
  statistics.deciding.record(loop.now() - now);

  if (const auto* refuse = std::get_if<Refuse>(&route.where)) {
    // It never got a place in the brain, so it gets none here.
    Flown refused;
    refused.ask = std::move(ask);
    refused.query_class = route.query_class;
    record(route.query, refused, route);
    decisions.find(route.decision)->fate = Fate::refused;
    ++statistics.refused[static_cast<std::size_t>(route.why)];
    ++statistics.of(route.query_class).refused;
    asker->verdict(Refused{route.decision, route.why, refuse->retry_after, {}});
    return;
  }
  Flown& flown = flying[route.query];
  flown.ask = std::move(ask);
  flown.bound = asked;
  flown.asker = std::move(asker);
  flown.query_class = route.query_class;
  todo.push_back(route);
  carry_out();
}

void Controller::Impl::take(Routes routes) {
  todo.insert(todo.end(), routes.begin(), routes.end());
}

// Executing a route may end it at once and so bring new ones, hence the list instead of recursion.
void Controller::Impl::carry_out() {
  if (carrying_out) return;
  carrying_out = true;
  for (std::size_t i = 0; i < todo.size(); ++i) {
    const Route route = todo[i];
    execute(route);
  }
  todo.clear();
  carrying_out = false;
  arm();
}

void Controller::Impl::record(QueryId query, Flown& flown, const Route& route) {
  DecisionRecord& record = decisions.add(route.decision);
  if (flown.attempts > 0 || flown.waited) record.previous = flown.route.decision;
  record.query = query;
  record.arrived = flown.ask.arrived;
  record.decided = loop.now();
  record.task = flown.ask.query.task;
  record.constraints = flown.ask.query.constraints;
  record.query_class = flown.query_class;
  record.percentile = flown.ask.percentile;
  record.tenant = flown.ask.tenant;
  record.pinned = flown.ask.query.pinned;
  record.where = route.where;
  record.why = route.why;
  record.predicted_latency = route.predicted_latency;
  record.predicted_cost = route.predicted_cost;
  if (const auto* on = std::get_if<OnMachine>(&route.where)) {
    record.machine_offer = machines.offer(on->machine);
  }
}

void Controller::Impl::execute(const Route& route) {
  auto found = flying.find(route.query);
  if (found == flying.end()) return;
  Flown& flown = found->second;
  record(route.query, flown, route);
  flown.route = route;

  if (std::holds_alternative<Refuse>(route.where)) {
    if (DecisionRecord* record = decisions.find(route.decision)) record->fate = Fate::refused;
    ++statistics.refused[static_cast<std::size_t>(route.why)];
    ++statistics.of(flown.query_class).refused;
    Refused refused{route.decision, route.why, std::get<Refuse>(route.where).retry_after,
                    std::move(flown.last_error)};
    auto asker = std::move(flown.asker);
    flying.erase(found);
    asker->verdict(std::move(refused));
    return;
  }
  if (flown.asker->abandoned()) {
    end_attempt(route.query, {route.decision, Ending::abandoned, {}, false, {}});
    return;
  }
  if (const auto* on = std::get_if<OnMachine>(&route.where)) {
    send_to_machine(route.query, flown, *on);
  } else if (const auto* function = std::get_if<OnFunction>(&route.where)) {
    send_to_function(route.query, flown, *function);
  } else {
    flown.waited = true;
  }
}

// From the arrival at the gateway on.
std::optional<Duration> Controller::Impl::bound_of(const Flown& flown) const {
  const auto& asked = flown.bound;
  return asked ? asked : catalog.task(flown.ask.query.task).defaults.max_latency;
}

http::Headers Controller::Impl::headers_for(const Flown& flown) const {
  http::Headers headers = flown.ask.headers;
  headers.add("x-paragon-outputs", "binary");
  if (auto bound = bound_of(flown)) {
    const Duration left = *bound - (loop.now() - flown.ask.arrived);
    headers.add("x-paragon-deadline-us",
                std::to_string(std::max<std::int64_t>(0, left / std::chrono::microseconds(1))));
  }
  return headers;
}

void Controller::Impl::send_to_machine(QueryId query, Flown& flown, const OnMachine& where) {
  ++flown.attempts;
  flown.sent = loop.now();
  if (DecisionRecord* record = decisions.find(flown.route.decision)) {
    record->attempt = flown.attempts;
  }
  auto link = machines.link(where.machine);
  if (link == nullptr) {
    flown.last_error = "the machine is gone";
    end_attempt(query, {flown.route.decision, Ending::lost, {}, false, {}});
    return;
  }
  flown.machine_offer = *machines.offer(where.machine);
  http::Client::Call call;
  call.target = targets[where.variant.index()];
  call.headers = headers_for(flown);
  call.body = flown.ask.body;
  call.timeout = settings.query_timeout;
  machines.sent(where.machine);
  link->send(std::move(call), [self = weak_from_this(), query, decision = flown.route.decision,
                               machine = where.machine](Result<http::Answer> answer) {
    if (auto impl = self.lock()) {
      impl->machine_answered(query, decision, machine, std::move(answer));
    }
  });
}

void Controller::Impl::send_to_function(QueryId query, Flown& flown, const OnFunction& where) {
  ++flown.attempts;
  flown.sent = loop.now();
  if (DecisionRecord* record = decisions.find(flown.route.decision)) {
    record->attempt = flown.attempts;
  }
  FunctionCall call;
  call.offer = where.offer;
  call.variant = where.variant;
  call.target = targets[where.variant.index()];
  call.headers = headers_for(flown);
  call.body = flown.ask.body;
  call.timeout = where.timeout > Duration{} ? where.timeout : settings.query_timeout;
  cloud->invoke(std::move(call), [self = weak_from_this(), query,
                                  decision = flown.route.decision](Result<FunctionAnswer> answer) {
    if (auto impl = self.lock()) impl->function_answered(query, decision, std::move(answer));
  });
}

// Null: the attempt was given up meanwhile, or the query is over.
Flown* Controller::Impl::find(QueryId query, DecisionId decision) {
  auto found = flying.find(query);
  if (found == flying.end() || found->second.route.decision != decision) {
    ++statistics.outdated;
    return nullptr;
  }
  return &found->second;
}

void Controller::Impl::machine_answered(QueryId query, DecisionId decision, MachineId machine,
                                        Result<http::Answer> answer) {
  if (answer.ok()) machines.heard(machine);
  Flown* flown = find(query, decision);
  if (flown == nullptr) return;
  Outcome outcome{decision, Ending::lost, {}, false, {}};
  if (!answer.ok()) {
    flown->last_error = answer.error().message;
    spdlog::warn("event=attempt_lost query={} decision={} machine={} error=\"{}\"", query.value,
                 decision.value, machine.value, flown->last_error);
    machines.verify(machine, [self = weak_from_this(), query, outcome] {
      auto impl = self.lock();
      if (impl == nullptr) return;
      // Where the machine turned out dead, the brain has already sent the query elsewhere.
      auto still = impl->flying.find(query);
      if (still == impl->flying.end() || still->second.route.decision != outcome.decision) return;
      impl->end_attempt(query, outcome);
    });
    return;
  }
  outcome.service = microseconds_header(answer->headers, "x-paragon-service-us");
  if (outcome.service == Duration{}) outcome.service = loop.now() - flown->sent;
  outcome.ending = ending_of(answer->status);
  conclude(query, outcome, std::move(answer).value());
}

void Controller::Impl::function_answered(QueryId query, DecisionId decision,
                                         Result<FunctionAnswer> answer) {
  Flown* flown = find(query, decision);
  if (flown == nullptr) return;
  Outcome outcome{decision, Ending::lost, {}, false, {}};
  if (!answer.ok()) {
    const Error& error = answer.error();
    flown->last_error = error.message;
    if (error.code == ErrorCode::throttled) outcome.ending = Ending::throttled;
    if (error.code == ErrorCode::invalid) {
      outcome.ending = Ending::rejected;
      http::Response response = oip::error_response(error);
      conclude(query, outcome, {response.status, response.headers, response.body});
      return;
    }
    spdlog::debug("event=call_failed query={} decision={} error=\"{}\"", query.value,
                  decision.value, error.message);
    end_attempt(query, outcome);
    return;
  }
  outcome.service = microseconds_header(answer->answer.headers, "x-paragon-service-us");
  if (outcome.service == Duration{}) outcome.service = answer->billed;
  outcome.cold = answer->cold;
  outcome.billed = answer->billed;
  outcome.ending = ending_of(answer->answer.status);
  conclude(query, outcome, std::move(answer->answer));
}

// The worker has answered, one way or another.
void Controller::Impl::conclude(QueryId query, Outcome outcome, http::Answer answer) {
  auto found = flying.find(query);
  Flown& flown = found->second;
  if (outcome.ending == Ending::lost || outcome.ending == Ending::throttled) {
    flown.last_error = fmt::format("a worker answered {}: {}", answer.status,
                                   std::string_view(answer.body).substr(0, 200));
    spdlog::warn("event=attempt_failed query={} decision={} status={}", query.value,
                 outcome.decision.value, answer.status);
    end_attempt(query, outcome);
    return;
  }
  const Time now = loop.now();
  take(brain.finish(query, outcome, now));
  const Duration latency = now - flown.ask.arrived;
  const Dollars cost = price(flown, outcome);
  if (DecisionRecord* record = decisions.find(outcome.decision)) {
    record->fate = fate_of(outcome.ending);
    record->latency = latency;
    record->service = outcome.service;
    record->cost = cost;
    record->cold = outcome.cold;
  }
  auto asker = std::move(flown.asker);
  if (outcome.ending == Ending::answered) {
    Answered answered;
    answered.decision = outcome.decision;
    answered.where = flown.route.where;
    answered.variant = std::holds_alternative<OnMachine>(flown.route.where)
                           ? std::get<OnMachine>(flown.route.where).variant
                           : std::get<OnFunction>(flown.route.where).variant;
    answered.machine_offer = flown.machine_offer;
    answered.why = flown.route.why;
    answered.query_class = flown.query_class;
    answered.predicted_latency = flown.route.predicted_latency;
    answered.predicted_cost = flown.route.predicted_cost;
    answered.service = outcome.service;
    answered.cost = cost;
    answered.cold = outcome.cold;
    answered.attempts = flown.attempts;
    answered.answer = std::move(answer);
    count_answer(flown, answered, latency);
    flying.erase(found);
    asker->verdict(std::move(answered));
  } else {
    ++statistics.rejected;
    flying.erase(found);
    asker->verdict(Rejected{std::move(answer)});
  }
  carry_out();
}

// The attempt brought nothing: the brain says what next.
void Controller::Impl::end_attempt(QueryId query, Outcome outcome) {
  if (outcome.ending == Ending::lost) ++statistics.lost;
  if (outcome.ending == Ending::throttled) ++statistics.throttled;
  if (DecisionRecord* record = decisions.find(outcome.decision)) {
    record->fate = fate_of(outcome.ending);
  }
  std::unique_ptr<Asker> forgotten;
  if (outcome.ending == Ending::abandoned) {
    ++statistics.abandoned;
    auto found = flying.find(query);
    forgotten = std::move(found->second.asker);
    flying.erase(found);
  }
  take(brain.finish(query, outcome, loop.now()));
  carry_out();
}

Dollars Controller::Impl::price(const Flown& flown, const Outcome& outcome) const {
  if (const auto* on = std::get_if<OnMachine>(&flown.route.where)) {
    const int slots = catalog.profile(on->variant, flown.machine_offer).slots;
    return catalog.offer(flown.machine_offer).price * outcome.service / std::max(1, slots);
  }
  const auto& function = std::get<OnFunction>(flown.route.where);
  return call_price(catalog.offer(function.offer), outcome.billed);
}

void Controller::Impl::count_answer(const Flown& flown, const Answered& answered,
                                    Duration latency) {
  ++statistics.answered;
  ClassStatistics& of_class = statistics.of(flown.query_class);
  ++of_class.answered;
  of_class.cost += answered.cost;
  of_class.accuracy_sum += catalog.variant(answered.variant).accuracy.top1.value;
  of_class.latency.record(latency);
  of_class.buckets.record(latency);
  auto bound = bound_of(flown);
  if (bound && latency > *bound) ++of_class.missed;
  const Duration queued = std::max(Duration{}, latency - answered.service);
  const std::int64_t now_ms = unix_ms();
  for (ModelStatistics* model : {&statistics.by_variant[answered.variant.index()],
                                 &statistics.by_task[flown.ask.query.task.index()]}) {
    model->success.add(latency);
    model->service.add(answered.service);
    model->queue.add(queued);
    model->last_unix_ms = now_ms;
    if (std::holds_alternative<OnMachine>(answered.where)) {
      ++model->on_machines;
      model->cost_machines += answered.cost;
    } else {
      ++model->on_functions;
      model->cost_functions += answered.cost;
    }
  }
}

void Controller::Impl::observe(const MachineEvent& event) {
  take(brain.observe(event, loop.now()));
  carry_out();
}

void Controller::Impl::tick() {
  const Orders orders = brain.tick(loop.now());
  const std::vector<Order> copied(orders.begin(), orders.end());
  for (const Order& order : copied) machines.order(order);
  machines.tick();

  std::vector<std::pair<QueryId, DecisionId>> forsaken;  // they wait, and nobody waits for them
  for (const auto& [query, flown] : flying) {
    if (std::holds_alternative<Wait>(flown.route.where) && flown.asker->abandoned()) {
      forsaken.emplace_back(query, flown.route.decision);
    }
  }
  for (const auto& [query, decision] : forsaken) {
    end_attempt(query, {decision, Ending::abandoned, {}, false, {}});
  }
  arm();
  tick_timer = loop.after(brain.brain().settings().tick, [this] { tick(); });
}

// Sets the timer for the brain's next due moment. An earlier one is left to fire and look again:
// re-arming on every query would cost more than a call too many.
void Controller::Impl::arm() {
  const Time due = brain.due();
  if (due == kNever || (wake_timer.pending() && armed_for <= due)) return;
  armed_for = due;
  wake_timer = loop.at(due, [this] {
    armed_for = kNever;
    const Time now = loop.now();
    if (brain.due() <= now) take(brain.wake(now));
    carry_out();
  });
}

Controller::Controller(Loop& loop, const Catalog& catalog, BrainSettings brain,
                       ControllerSettings settings, JournalSink sink)
    : impl_(std::make_shared<Impl>(loop, catalog, std::move(brain), settings, std::move(sink))) {}
Controller::~Controller() = default;

void Controller::start(Cloud& cloud) {
  impl_->cloud = &cloud;
  impl_->machines.attach(cloud);
  impl_->tick();
}
void Controller::on_cloud_event(const CloudEvent& event) { impl_->machines.on_cloud_event(event); }
void Controller::submit(Ask ask, std::unique_ptr<Asker> asker) {
  impl_->submit(std::move(ask), std::move(asker));
}
std::size_t Controller::in_flight() const { return impl_->flying.size(); }

void Controller::stop(Duration patience, std::function<void()> stopped) {
  if (impl_->stopping) return;
  impl_->stopping = true;
  impl_->tick_timer.cancel();
  auto once = std::make_shared<std::function<void()>>(std::move(stopped));
  auto finish = [once] {
    if (auto call = std::exchange(*once, nullptr)) call();
  };
  impl_->patience = impl_->loop.after(patience, finish);
  impl_->machines.stop(finish);
}

void Controller::ask_any_machine(http::Client::Call call, http::Client::Done done) {
  auto links = impl_->machines.ready_links();
  if (links.empty()) {
    impl_->loop.post([done = std::move(done)] {
      done(Error{ErrorCode::unavailable, "no machine is up that could tell"});
    });
    return;
  }
  links.front()->send(std::move(call),
                      [link = links.front(), done = std::move(done)](Result<http::Answer> answer) {
                        done(std::move(answer));
                      });
}

void Controller::ask_every_machine(http::Client::Call call, std::function<void(int, int)> done) {
  struct Tally {
    int good = 0;
    int open = 0;
    int asked = 0;
    std::function<void(int, int)> done;
  };
  auto tally = std::make_shared<Tally>();
  auto links = impl_->machines.ready_links();
  tally->asked = tally->open = static_cast<int>(links.size());
  tally->done = std::move(done);
  if (links.empty()) impl_->loop.post([tally] { tally->done(0, 0); });
  for (auto& link : links) {
    link->send(call, [link, tally](Result<http::Answer> answer) {
      if (answer.ok() && answer->status / 100 == 2) ++tally->good;
      if (--tally->open == 0) tally->done(tally->good, tally->asked);
    });
  }
}

bool Controller::ready() const {
  if (impl_->stopping) return false;
  if (impl_->machines.any_ready()) return true;
  return brain().settings().functions && !impl_->catalog.function_offers().empty();
}
const Brain& Controller::brain() const { return impl_->brain.brain(); }
const Catalog& Controller::catalog() const { return impl_->catalog; }
const Decisions& Controller::decisions() const { return impl_->decisions; }
const Statistics& Controller::statistics() const { return impl_->statistics; }
Statistics& Controller::statistics() { return impl_->statistics; }
Time Controller::now() const { return impl_->loop.now(); }

}  // namespace paragon
