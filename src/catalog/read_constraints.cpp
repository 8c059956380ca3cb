#include "catalog/read_constraints.h"

#include <chrono>

namespace paragon {
namespace {

std::optional<Objective> read_objective(Entry& entry, Complaints& complaints) {
  if (entry.is_map("objective")) {
    const Node* node = entry.node("objective", Node::Kind::map);
    Entry weights(*node, entry.file(), entry.full_name("objective"), complaints);
    Objective objective{.cost = weights.number("cost", 0, 1e12).value_or(0),
                        .latency = weights.number("latency", 0, 1e12).value_or(0),
                        .accuracy = weights.number("accuracy", 0, 1e12).value_or(0)};
    weights.no_more();
    if (objective == Objective{0, 0, 0})
      entry.complain("objective", "weights that are all 0", "at least one above 0");
    return objective;
  }
  static constexpr Entry::Choice<const Objective*> kNamed[] = {
      {"cheapest", &kCheapest}, {"fastest", &kFastest}, {"most_accurate", &kMostAccurate}};
  if (const auto named = entry.choice("objective", kNamed)) return **named;
  return std::nullopt;
}

}  // namespace

Constraints read_constraints(Entry& entry, Complaints& complaints) {
  Constraints c;
  if (const auto v = entry.number("min_accuracy", 0, 1)) c.min_accuracy = accuracy(*v);
  c.max_latency = entry.duration("max_latency_ms", std::chrono::milliseconds(1));
  if (c.max_latency && (*c.max_latency <= Duration(0) || *c.max_latency > std::chrono::hours(1)))
    entry.complain("max_latency_ms", plain(milliseconds(*c.max_latency)),
                   "a number above 0 and at most 3600000");
  if (const auto v = entry.number("max_cost_usd", 0, 1e6)) c.max_cost = dollars(*v);
  static constexpr Entry::Choice<QueryClass> kClasses[] = {{"strict", QueryClass::strict},
                                                           {"relaxed", QueryClass::relaxed}};
  c.query_class = entry.choice("class", kClasses);
  c.objective = read_objective(entry, complaints);
  c.best_effort = entry.flag("best_effort");
  return c;
}

}  // namespace paragon
