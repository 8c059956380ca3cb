// A query that an ensemble answers: a route for each member, and what becomes of their answers.
#include <algorithm>

#include "serve/controller_impl.h"
#include "wire/unix_time.h"

namespace paragon {
namespace {

// Ties are settled by the scores of more classes than the client may want to see.
constexpr std::size_t kVoteTopK = 5;

http::Headers for_a_vote(const Ask& ask) {
  http::Headers headers;
  headers.add("x-paragon-top-k", std::to_string(std::max(kVoteTopK, ask.top_k)));
  for (const auto& [name, value] : ask.headers) {
    if (name != "x-paragon-top-k") headers.add(name, value);
  }
  return headers;
}

}  // namespace

void Controller::Impl::submit_together(Ask ask, std::unique_ptr<Asker> asker, const Route& route,
                                       std::optional<Duration> asked) {
  const Time now = loop.now();
  const EnsembleId id = std::get<Split>(route.where).ensemble;
  const std::size_t members = catalog.ensemble(id).members.size();
  Flown whole;  // only to be recorded
  whole.ask = ask;
  whole.bound = asked;
  whole.query_class = route.query_class;
  record(route.query, whole, route);

  auto query = std::make_shared<Together>(std::move(ask), std::move(asker), route, members,
                                          [self = weak_from_this()](Together& q) {
                                            if (auto impl = self.lock()) impl->decided_together(q);
                                          });
  query->bound = asked;
  const Ask& all = query->ask();
  if (const auto bound = bound_of(asked, all.query.task)) {
    const Time last = std::max(all.arrived + *bound - brain.brain().settings().overhead, now);
    query->last_moment = loop.at(last, [waiting = std::weak_ptr(query)] {
      if (auto q = waiting.lock()) q->hurry();
    });
  }
  for (std::size_t m = 0; m < members; ++m) {
    Flown flown;
    flown.ask = all;
    flown.ask.query = brain.member(all.query, id, m);
    flown.ask.headers = for_a_vote(all);
    flown.bound = asked;
    flown.part_of = route.decision;
    const Route to_member = brain.arrive(flown.ask.query, now);
    flown.query_class = to_member.query_class;
    if (const auto* refuse = std::get_if<Refuse>(&to_member.where)) {
      record(to_member.query, flown, to_member);
      count_refusal(flown, to_member);
      query->refused(m, {to_member.decision, to_member.why, refuse->retry_after, {}});
      continue;
    }
    flown.asker = query->asker_of(m);
    flying[to_member.query] = std::move(flown);
    todo.push_back(to_member);
  }
  carry_out();
}

void Controller::Impl::decided_together(Together& query) {
  const Route& route = query.route();
  const Duration latency = loop.now() - query.ask().arrived;
  AnsweredTogether together{route.decision,
                            std::get<Split>(route.where).ensemble,
                            route.query_class,
                            route.predicted_latency,
                            route.predicted_cost,
                            {},
                            {},
                            query.take_answers()};
  std::size_t votes = 0;
  for (const auto& answer : together.votes) {
    if (!answer) continue;
    ++votes;
    together.cost += answer->cost;
    // How accurate some of the members are together was not measured: the best of them counts.
    together.accuracy =
        std::max(together.accuracy, brain.brain().selector().candidate(answer->variant).accuracy);
  }
  if (votes == together.votes.size()) {
    together.accuracy = catalog.ensemble(together.ensemble).accuracy.top1;
  }
  DecisionRecord* record = decisions.find(route.decision);
  if (votes == 0) {
    Verdict failure = query.failure();
    if (auto* refused = std::get_if<Refused>(&failure)) {
      refused->decision = route.decision;
      if (record) record->fate = Fate::refused;
      statistics.count_refused(route.query_class, refused->why);
    } else {
      if (record) record->fate = Fate::rejected;
      ++statistics.rejected;
    }
    query.client().verdict(std::move(failure));
    return;
  }
  if (record) {
    record->fate = Fate::answered;
    record->latency = latency;
    record->cost = together.cost;
  }
  const TaskId task = query.ask().query.task;
  count_query(route.query_class, bound_of(query.bound, task), together.accuracy, together.cost,
              latency);
  count_task(together, task, latency);
  query.client().verdict(std::move(together));
}

// The task's share of the statistics; the members' own are in those of their variants.
void Controller::Impl::count_task(const AnsweredTogether& together, TaskId task, Duration latency) {
  ModelStatistics& of_task = statistics.by_task[task.index()];
  Duration slowest{};
  bool on_function = false;
  for (const auto& vote : together.votes) {
    if (!vote) continue;
    slowest = std::max(slowest, vote->service);
    const bool here = std::holds_alternative<OnFunction>(vote->where);
    on_function = on_function || here;
    (here ? of_task.cost_functions : of_task.cost_machines) += vote->cost;
  }
  ++(on_function ? of_task.on_functions : of_task.on_machines);
  of_task.success.add(latency);
  of_task.service.add(slowest);
  of_task.queue.add(std::max(Duration{}, latency - slowest));
  of_task.last_unix_ms = unix_ms();
}

}  // namespace paragon
