// Inside the controller: what it holds, shared by controller.cpp (routes, ticks) and attempts.cpp
// (sending a query and what comes back).
#pragma once

#include <optional>
#include <set>
#include <unordered_map>

#include "serve/controller.h"
#include "serve/together.h"

namespace paragon {

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
  std::optional<DecisionId> part_of;  // it asks one member of an ensemble; this is the split
};

struct Controller::Impl : std::enable_shared_from_this<Controller::Impl> {
  Impl(Loop& the_loop, const Catalog& the_catalog, const BrainSettings& brain_settings,
       ControllerSettings the_settings, JournalSink sink, const MakeScheme& scheme)
      : loop(the_loop),
        catalog(the_catalog),
        settings(the_settings),
        brain(the_catalog, brain_settings, std::move(sink), scheme),
        machines(the_loop, the_settings.machines,
                 [this](const MachineEvent& event) { observe(event); }),
        statistics(the_catalog) {
    for (const Variant& variant : catalog.variants()) {
      targets.push_back("/v2/models/" + variant.name + "/infer");
    }
  }

  void submit(Ask ask, std::unique_ptr<Asker> asker);
  // split.cpp: routes for all members, and what became of them
  void submit_together(Ask ask, std::unique_ptr<Asker> asker, const Route& route,
                       std::optional<Duration> asked);
  void decided_together(Together& query);
  void count_task(const AnsweredTogether& together, TaskId task, Duration latency);
  void count_refusal(const Flown& flown, const Route& route);
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
  void observe(const ProvisionedState& state);
  void end_provisioned(std::function<void()> ended);
  void warm_up(const Warm& order);
  void tick();
  void arm();
  void record(QueryId query, Flown& flown, const Route& route);
  Flown* find(QueryId query, DecisionId decision);
  http::Headers headers_for(const Flown& flown) const;
  // From the arrival at the gateway on: as the client said it, or as the task has it.
  std::optional<Duration> bound_of(std::optional<Duration> asked, TaskId task) const;
  Dollars price(const Flown& flown, const Outcome& outcome) const;
  void count_answer(const Flown& flown, const Answered& answered, Duration latency);
  // A query of the class has been answered, by whomever.
  void count_query(QueryClass query_class, std::optional<Duration> bound, Accuracy accuracy,
                   Dollars cost, Duration latency);

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
  std::set<std::pair<FunctionOfferId, VariantId>> provisioned;  // asked for and not yet ended
  std::function<void()> provisioned_ended;                      // once there are none
  bool stopping = false;
  Loop::Timer patience;
};

}  // namespace paragon
