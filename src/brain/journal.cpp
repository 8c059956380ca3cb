#include "brain/journal.h"

#include <fmt/format.h>

#include <iterator>

#include "brain/journal_head.h"

namespace paragon {
namespace {

template <class... Args>
void put(std::string& line, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(line), format, std::forward<Args>(args)...);
}

const char* name(Ending ending) {
  switch (ending) {
    case Ending::answered:
      return "answered";
    case Ending::rejected:
      return "rejected";
    case Ending::lost:
      return "lost";
    case Ending::throttled:
      return "throttled";
    case Ending::abandoned:
      return "abandoned";
  }
  return "?";
}

const char* name(MachineEventKind kind) {
  switch (kind) {
    case MachineEventKind::ready:
      return "ready";
    case MachineEventKind::failed:
      return "failed";
    case MachineEventKind::lost:
      return "lost";
    case MachineEventKind::interrupted:
      return "interrupted";
    case MachineEventKind::gone:
      return "gone";
  }
  return "?";
}

}  // namespace

void append(std::string& line, const Route& r) {
  put(line, "> route query={} decision={}", r.query.value, r.decision.value);
  if (const auto* m = std::get_if<OnMachine>(&r.where)) {
    put(line, " machine={} variant={}", m->machine.value, m->variant.value);
  } else if (const auto* f = std::get_if<OnFunction>(&r.where)) {
    put(line, " function={} variant={} cold={} timeout_ns={}", f->offer.value, f->variant.value,
        f->cold ? 1 : 0, f->timeout.count());
  } else if (const auto* w = std::get_if<Wait>(&r.where)) {
    put(line, " wait_until_ns={}", w->until.time_since_epoch().count());
  } else if (const auto* s = std::get_if<Split>(&r.where)) {
    put(line, " ensemble={}", s->ensemble.value);
  } else {
    put(line, " refuse_retry_ns={}", std::get<Refuse>(r.where).retry_after.count());
  }
  put(line, " why={} latency_ns={} usd={}", name(r.why), r.predicted_latency.count(),
      r.predicted_cost.value);
}

void append(std::string& line, const Order& order) {
  if (const auto* b = std::get_if<Buy>(&order)) {
    put(line, "> buy machine={} offer={} why={}", b->machine.value, b->offer.value, name(b->why));
  } else if (const auto* r = std::get_if<Release>(&order)) {
    put(line, "> release machine={} why={}", r->machine.value, name(r->why));
  } else {
    const Warm& w = std::get<Warm>(order);
    put(line, "> warm call={} decision={} function={} variant={} timeout_ns={} why={}",
        w.call.value, w.decision.value, w.offer.value, w.variant.value, w.timeout.count(),
        name(w.why));
  }
}

Recorded::Recorded(const Catalog& catalog, const BrainSettings& settings, JournalSink sink,
                   const MakeScheme& scheme)
    : brain_(catalog, settings, scheme), sink_(std::move(sink)) {
  if (sink_) write_head(catalog, settings, sink_);
}

template <class Decisions>
void Recorded::write(const Decisions& decisions) {
  sink_(line_);
  for (const auto& decision : decisions) {
    line_.clear();
    append(line_, decision);
    sink_(line_);
  }
}

void Recorded::begin(Time now, const char* what) {
  line_.clear();
  put(line_, "< {} {}", now.time_since_epoch().count(), what);
}

Route Recorded::arrive(const Query& query, Time now) {
  const Route route = brain_.arrive(query, now);
  if (!sink_) return route;
  begin(now, "arrive");
  put(line_, " task={}", query.task.value);
  if (query.pinned) put(line_, " pinned={}", query.pinned->value);
  append_constraints(line_, query.constraints);
  write(Routes(&route, 1));
  return route;
}

Routes Recorded::finish(QueryId query, const Outcome& o, Time now) {
  const Routes routes = brain_.finish(query, o, now);
  if (!sink_) return routes;
  begin(now, "finish");
  put(line_, " query={} decision={} ending={} service_ns={} cold={} billed_ns={}", query.value,
      o.decision.value, name(o.ending), o.service.count(), o.cold ? 1 : 0, o.billed.count());
  if (o.provisioned) line_ += " provisioned=1";
  write(routes);
  return routes;
}

Routes Recorded::observe(const MachineEvent& event, Time now) {
  const Routes routes = brain_.observe(event, now);
  if (!sink_) return routes;
  begin(now, "observe");
  put(line_, " machine={} event={} notice_ns={} never_ran={}", event.machine.value,
      name(event.kind), event.notice.count(), event.never_ran ? 1 : 0);
  if (event.ran) put(line_, " ran_ns={}", event.ran->count());
  write(routes);
  return routes;
}

Routes Recorded::wake(Time now) {
  const Routes routes = brain_.wake(now);
  if (!sink_) return routes;
  begin(now, "wake");
  write(routes);
  return routes;
}

Orders Recorded::tick(Time now) {
  const Orders orders = brain_.tick(now);
  if (!sink_) return orders;
  begin(now, "tick");
  write(orders);
  return orders;
}

void Recorded::adopt(MachineId machine, MachineOfferId offer, bool ready, Time now,
                     Duration before) {
  brain_.adopt(machine, offer, ready, now, before);
  if (!sink_) return;
  begin(now, "adopt");
  put(line_, " machine={} offer={} ready={} before_ns={}", machine.value, offer.value,
      ready ? 1 : 0, before.count());
  sink_(line_);
}

void Recorded::call_billed(FunctionOfferId offer, Duration billed, Time now) {
  brain_.call_billed(offer, billed, now);
  if (!sink_) return;
  begin(now, "call_billed");
  put(line_, " function={} billed_ns={}", offer.value, billed.count());
  sink_(line_);
}

void Recorded::provisioned(const ProvisionedState& state, Time now) {
  brain_.provisioned(state, now);
  if (!sink_) return;
  begin(now, "provisioned");
  put(line_, " function={} variant={} kept={} ready={}", state.offer.value, state.variant.value,
      state.kept, state.ready);
  sink_(line_);
}

void Recorded::accuracy_learned(VariantId variant, Accuracy accuracy, Time now) {
  brain_.accuracy_learned(variant, accuracy);
  if (!sink_) return;
  begin(now, "accuracy");
  put(line_, " variant={} accuracy={}", variant.value, accuracy.value);
  sink_(line_);
}

}  // namespace paragon
