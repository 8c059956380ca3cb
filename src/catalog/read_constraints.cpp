#include "catalog/read_constraints.h"

#include <chrono>
#include <cmath>

namespace paragon {
namespace {

std::optional<Objective> read_objective(Entry& entry, Complaints& complaints) {
  if (entry.is_map("objective")) {
    const Node* node = entry.node("objective", Node::Kind::map);
    const Spot spot = entry.spot("objective");
    Entry weights(*node, spot.file, spot.field, complaints);
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
  constexpr double kFarOut = 1e300;  // so that the one range told is the real one
  if (const auto ms = entry.number("max_latency_ms", -kFarOut, kFarOut)) {
    if (*ms > 0 && *ms <= 3'600'000) {
      c.max_latency = Duration(std::llround(*ms * 1e6));  // so that 0.008 is 8 us
    } else {
      entry.complain("max_latency_ms", plain(*ms), "a number above 0 and at most 3600000");
    }
  }
  if (const auto v = entry.number("max_cost_usd", 0, 1e6)) c.max_cost = dollars(*v);
  static constexpr Entry::Choice<QueryClass> kClasses[] = {{"strict", QueryClass::strict},
                                                           {"relaxed", QueryClass::relaxed}};
  c.query_class = entry.choice("class", kClasses);
  c.objective = read_objective(entry, complaints);
  c.best_effort = entry.flag("best_effort");
  return c;
}

}  // namespace paragon
