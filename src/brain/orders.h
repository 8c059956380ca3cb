// What to buy and what to release: the answer of a tick.
#pragma once

#include <span>
#include <variant>

#include "base/id.h"
#include "base/time.h"

namespace paragon {

enum class OrderReason {
  demand,        // the load as it is
  forecast,      // the load as it will be when a machine ordered now is ready
  floor,         // the configured least number of machines
  replacement,   // for one that failed or is being taken away
  surplus,       // more than the load needs
  interruption,  // the cloud takes it away
  ceiling,       // over the configured most
  keep_warm,     // an environment that should answer without a cold start
};
const char* name(OrderReason reason);

// Buys one machine. The id names the order and the machine: repeating it is harmless.
struct Buy {
  MachineId machine;
  MachineOfferId offer;
  OrderReason why = OrderReason::demand;
  friend bool operator==(const Buy&, const Buy&) = default;
};
// Gives one back; it finishes what runs on it first.
struct Release {
  MachineId machine;
  OrderReason why = OrderReason::surplus;
  friend bool operator==(const Release&, const Release&) = default;
};
// One call of a function that carries no query: it starts an environment, or keeps an idle one from
// expiring. The world makes the call and reports it by Brain::finish with this id and decision,
// like an attempt at a query; it is metered and counts towards the budget like one.
struct Warm {
  QueryId call;
  DecisionId decision;
  FunctionOfferId offer;
  VariantId variant;
  Duration timeout{};
  OrderReason why = OrderReason::keep_warm;
  friend bool operator==(const Warm&, const Warm&) = default;
};
using Order = std::variant<Buy, Release, Warm>;
using Orders = std::span<const Order>;  // the brain's own buffer, valid until its next call

}  // namespace paragon
