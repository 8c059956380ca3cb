#include "serve/explain.h"

#include <fmt/format.h>

#include <cmath>

namespace paragon {

std::string resource_name(const Catalog& catalog, const Where& where,
                          std::optional<MachineOfferId> machine_offer) {
  if (const auto* on = std::get_if<OnMachine>(&where)) {
    return fmt::format("machine:{}/{}", machine_offer ? catalog.offer(*machine_offer).name : "?",
                       on->machine.value);
  }
  if (const auto* function = std::get_if<OnFunction>(&where)) {
    return catalog.resource(function->offer);
  }
  if (const auto* split = std::get_if<Split>(&where)) {
    return "ensemble:" + catalog.ensemble(split->ensemble).name;
  }
  return std::holds_alternative<Wait>(where) ? "waiting" : "none";
}

const char* resource_kind(const Where& where) {
  if (std::holds_alternative<OnMachine>(where)) return "machine";
  if (std::holds_alternative<OnFunction>(where)) return "function";
  if (std::holds_alternative<Split>(where)) return "ensemble";
  return std::holds_alternative<Wait>(where) ? "waiting" : "none";
}

std::optional<VariantId> variant_of(const Where& where) {
  if (const auto* on = std::get_if<OnMachine>(&where)) return on->variant;
  if (const auto* function = std::get_if<OnFunction>(&where)) return function->variant;
  return std::nullopt;
}

const char* name(QueryClass query_class) {
  return query_class == QueryClass::strict ? "strict" : "relaxed";
}

const char* in_words(Reason why) {
  switch (why) {
    case Reason::free_slot:
      return "a machine had a free slot";
    case Reason::slot_freed:
      return "it waited until a machine had a free slot";
    case Reason::no_free_slot:
      return "all slots were busy and it could not wait: a function";
    case Reason::last_moment:
      return "it waited as long as it could, then left for a function";
    case Reason::slack:
      return "it can wait";
    case Reason::queue_in_time:
      return "it waits: a machine will be free in time";
    case Reason::machine_lost:
      return "its machine or environment went away, so it went elsewhere";
    case Reason::machine_booting:
      return "it waits for a machine that is starting";
    case Reason::no_machine:
      return "no machine is up or on its way: a function";
    case Reason::infeasible:
      return "no variant meets its bounds on anything that can be bought";
    case Reason::overload:
      return "nothing can meet its deadline and nothing more may be bought";
    case Reason::waiting_room_full:
      return "too many queries wait already";
    case Reason::over_budget:
      return "only a purchase would help, and the budget forbids it";
    case Reason::function_share:
      return "the scheme sends this share of the load to functions";
    case Reason::late:
      return "it was accepted but cannot be on time any more";
    case Reason::together:
      return "several variants together are the best that meets its bounds";
  }
  return "unknown";
}

std::string in_words(const Constraints& c) {
  std::string text;
  auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (c.min_accuracy) add(fmt::format("accuracy of at least {:g}", c.min_accuracy->value));
  if (c.max_latency) add(fmt::format("latency of at most {:g} ms", milliseconds(*c.max_latency)));
  if (c.max_cost) add(fmt::format("cost of at most {:g} USD", c.max_cost->value));
  return text.empty() ? "nothing" : text;
}

std::string in_words(const Alternative& a, const Constraints& bounds) {
  switch (a.obstacle) {
    case Obstacle::none:
      return "possible";
    case Obstacle::accuracy:
      return fmt::format("accuracy under {:g}", bounds.min_accuracy->value);
    case Obstacle::cost:
      return fmt::format("costs over {:g} USD", bounds.max_cost->value);
    case Obstacle::latency:
      return fmt::format("takes over {:g} ms", milliseconds(*bounds.max_latency));
    case Obstacle::no_free_slot:
      return "all slots busy: it would wait";
    case Obstacle::booting:
      return "still booting: it would wait";
    case Obstacle::no_machine:
      return "no such machine is up";
    case Obstacle::concurrency:
      return "at its limit of calls";
    case Obstacle::budget:
      return "over the budget";
  }
  return "";
}

std::string in_words(const Catalog& catalog, const Relaxation& r) {
  Constraints needs;
  if (r.min_accuracy) needs.min_accuracy = accuracy(std::floor(r.min_accuracy->value * 1e4) / 1e4);
  if (r.max_latency) {
    constexpr Duration kStep = std::chrono::microseconds(1);
    needs.max_latency = (*r.max_latency + kStep - Duration(1)) / kStep * kStep;
  }
  if (r.max_cost) {
    const double step = std::pow(10, std::floor(std::log10(r.max_cost->value)) - 2);
    needs.max_cost = dollars(std::ceil(r.max_cost->value / step) * step);
  }
  return fmt::format("{} with {}", name(catalog, r.pick), in_words(needs));
}

std::string infeasible_because(const Catalog& catalog, const Selector& selector, const Query& query,
                               const std::vector<Relaxation>& nearest) {
  const std::string asked = in_words(query.constraints);
  std::string text;
  if (query.pinned) {
    const Candidate& only = selector.candidate(*query.pinned);
    const std::string& who = catalog.variant(*query.pinned).name;
    if (!only.placeable) {
      return fmt::format("variant {} fits on nothing that this deployment may buy", who);
    }
    text = fmt::format(
        "variant {} cannot meet {}: it has accuracy {:.4f}, answers in {:.3f} ms at best and costs "
        "{:.3g} USD at least",
        who, asked, only.accuracy.value, milliseconds(only.latency), only.cost.value);
  } else {
    const Limits best = selector.limits(query.task);
    text = fmt::format(
        "no variant of {} meets {}; each taken alone, the best are accuracy {:.4f}, latency "
        "{:.3f} ms and cost {:.3g} USD",
        catalog.task(query.task).name, asked, best.accuracy.value, milliseconds(best.latency),
        best.cost.value);
  }
  const char* before = "; nearest: ";
  for (const Relaxation& one : nearest) {
    text += before + in_words(catalog, one);
    before = "; ";
  }
  return text;
}

}  // namespace paragon
