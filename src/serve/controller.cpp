#include "serve/controller.h"

#include <algorithm>

#include "serve/controller_impl.h"

namespace paragon {

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
    refused.bound = asked;
    refused.query_class = route.query_class;
    record(route.query, refused, route);
    count_refusal(refused, route);
    asker->verdict(Refused{route.decision, route.why, refuse->retry_after, {}});
    return;
  }
  if (std::holds_alternative<Split>(route.where)) {
    submit_together(std::move(ask), std::move(asker), route, asked);
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

void Controller::Impl::count_refusal(const Flown& flown, const Route& route) {
  if (DecisionRecord* refused = decisions.find(route.decision)) refused->fate = Fate::refused;
  if (flown.part_of) return;  // the whole query counts when it ends
  statistics.count_refused(flown.query_class, route.why);
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
  record.part_of = flown.part_of;
  record.arrived = flown.ask.arrived;
  record.decided = loop.now();
  record.task = flown.ask.query.task;
  record.constraints = flown.ask.query.constraints;
  record.constraints.max_latency = flown.bound;
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
    count_refusal(flown, route);
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

void Controller::Impl::observe(const MachineEvent& event) {
  take(brain.observe(event, loop.now()));
  carry_out();
}

void Controller::Impl::observe(const ProvisionedState& state) {
  brain.provisioned(state, loop.now());
  if (state.kept > 0 || !provisioned_ended) return;
  provisioned.erase({state.offer, state.variant});
  if (provisioned.empty()) std::exchange(provisioned_ended, nullptr)();
}

void Controller::Impl::end_provisioned(std::function<void()> ended) {
  if (provisioned.empty()) return ended();
  provisioned_ended = std::move(ended);
  cloud->provision({});
}

void Controller::Impl::tick() {
  const Orders orders = brain.tick(loop.now());
  const std::vector<Order> copied(orders.begin(), orders.end());
  for (const Order& order : copied) {
    if (const auto* warm = std::get_if<Warm>(&order)) {
      warm_up(*warm);
    } else {
      machines.order(order);
    }
  }
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

Controller::Controller(Loop& loop, const Catalog& catalog, const BrainSettings& brain,
                       ControllerSettings settings, JournalSink sink, const MakeScheme& scheme)
    : impl_(std::make_shared<Impl>(loop, catalog, brain, settings, std::move(sink), scheme)) {}
Controller::~Controller() = default;

void Controller::start(Cloud& cloud) {
  impl_->cloud = &cloud;
  for (const Provisioned& one : impl_->settings.provisioned)
    impl_->provisioned.insert({one.offer, one.variant});
  if (!impl_->provisioned.empty()) cloud.provision(impl_->settings.provisioned);
  impl_->machines.begin(
      cloud,
      [this](const Listed::Machine& found) {
        impl_->brain.adopt(found.machine, found.offer, false, impl_->loop.now(), found.ran);
      },
      [this] {
        if (!impl_->stopping) impl_->tick();
      });
}
void Controller::on_cloud_event(const CloudEvent& event) {
  if (const auto* call = std::get_if<CallBilled>(&event)) {
    impl_->brain.call_billed(call->offer, call->billed, impl_->loop.now());
  } else if (const auto* state = std::get_if<ProvisionedState>(&event)) {
    impl_->observe(*state);
  } else {
    impl_->machines.on_cloud_event(event);
  }
}
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
  const auto left = std::make_shared<int>(2);
  const auto ended = [left, finish] {
    if (--*left == 0) finish();
  };
  impl_->machines.stop(ended);
  impl_->end_provisioned(ended);
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

void Controller::ask_every_machine(const http::Client::Call& call,
                                   std::function<void(int, int)> done) {
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
