// One attempt at a query: to a machine or a function, and what its end means.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "serve/controller_impl.h"
#include "wire/oip.h"
#include "wire/unix_time.h"

namespace paragon {
namespace {

Duration microseconds_header(const http::Headers& headers, std::string_view header) {
  std::string_view text = headers.find(header);
  std::int64_t us = 0;
  std::from_chars(text.data(), text.data() + text.size(), us);
  return std::chrono::microseconds(us > 0 ? us : 0);
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

std::optional<Duration> Controller::Impl::bound_of(std::optional<Duration> asked,
                                                   TaskId task) const {
  return asked ? asked : catalog.task(task).defaults.max_latency;
}

http::Headers Controller::Impl::headers_for(const Flown& flown) const {
  http::Headers headers = flown.ask.headers;
  headers.add("x-paragon-outputs", "binary");
  if (auto bound = bound_of(flown.bound, flown.ask.query.task)) {
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

// A call without a query: it asks whether the model is ready, which the environment must be to say.
void Controller::Impl::warm_up(const Warm& order) {
  FunctionCall call;
  call.method = http::Method::get;
  call.offer = order.offer;
  call.variant = order.variant;
  call.target = "/v2/models/" + catalog.variant(order.variant).name + "/ready";
  call.timeout = order.timeout;
  cloud->invoke(std::move(call), [self = weak_from_this(), query = order.call,
                                  decision = order.decision](Result<FunctionAnswer> answer) {
    auto impl = self.lock();
    if (impl == nullptr) return;
    Outcome outcome{decision, Ending::lost, {}, false, {}};
    if (answer.ok()) {
      outcome.ending = ending_of(answer->answer.status);
      outcome.cold = answer->cold;
      outcome.billed = answer->billed;
      outcome.provisioned = answer->provisioned;
    } else if (answer.error().code == ErrorCode::throttled) {
      outcome.ending = Ending::throttled;
    }
    if (outcome.ending != Ending::answered) {
      spdlog::debug("event=warm_up_failed call={} error=\"{}\"", query.value,
                    answer.ok() ? answer->answer.body : answer.error().message);
    }
    impl->take(impl->brain.finish(query, outcome, impl->loop.now()));
    impl->carry_out();
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
  outcome.provisioned = answer->provisioned;
  outcome.ending = ending_of(answer->answer.status);
  conclude(query, outcome, std::move(answer->answer));
}

// The worker has answered, one way or another.
void Controller::Impl::conclude(QueryId query, Outcome outcome, http::Answer answer) {
  auto found = flying.find(query);
  Flown& flown = found->second;
  if (goes_elsewhere(outcome.ending)) {
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
    if (!flown.part_of) ++statistics.rejected;
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
    auto found = flying.find(query);
    if (!found->second.part_of) ++statistics.abandoned;
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
  return call_price(catalog.offer(function.offer), outcome.billed, outcome.provisioned);
}

void Controller::Impl::count_query(QueryClass query_class, std::optional<Duration> bound,
                                   Accuracy accuracy, Dollars cost, Duration latency) {
  ++statistics.answered;
  ClassStatistics& of_class = statistics.of(query_class);
  ++of_class.answered;
  of_class.cost += cost;
  of_class.accuracy_sum += accuracy.value;
  of_class.latency.record(latency);
  of_class.buckets.record(latency);
  if (bound && latency > *bound) ++of_class.missed;
}

void Controller::Impl::count_answer(const Flown& flown, const Answered& answered,
                                    Duration latency) {
  if (!flown.part_of) {
    const Candidate& served = brain.brain().selector().candidate(answered.variant);
    count_query(flown.query_class, bound_of(flown.bound, flown.ask.query.task), served.accuracy,
                answered.cost, latency);
  }
  const Duration queued = std::max(Duration{}, latency - answered.service);
  const std::int64_t now_ms = unix_ms();
  for (ModelStatistics* model : {&statistics.by_variant[answered.variant.index()],
                                 &statistics.by_task[flown.ask.query.task.index()]}) {
    // A task's queries are the clients': a vote is none.
    if (flown.part_of && model != &statistics.by_variant[answered.variant.index()]) continue;
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

}  // namespace paragon
