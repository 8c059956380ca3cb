// A scheme: one procurement policy.
//
// Promises of an implementation:
// 1. `decide` says how many machines there should be, not what to do next: the brain works out the
//    orders, and applies the floor, the ceiling and the budget.
// 2. It keeps no clock and does no I/O; its state depends only on the views it was shown.
// 3. `overflow` is asked when a query finds no free slot. It says what the policy wants; the brain
//    falls back when that is impossible (no function fits, no budget, no room).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "brain/orders.h"
#include "brain/query.h"
#include "brain/view.h"

namespace paragon {

struct Target {
  MachineOfferId offer;
  int machines = 0;  // wanted, booting ones included
  OrderReason why = OrderReason::demand;
};

enum class Overflow {
  function_now,       // leave for a function at once
  wait_for_deadline,  // wait; leave for a function at the last responsible moment
  wait,               // wait for a machine, whatever happens
};

// What is known about a query that found no free slot.
struct Overflowing {
  QueryClass query_class = QueryClass::strict;
  bool machine_in_time = false;   // a machine is expected to be free before its deadline
  bool function_in_time = false;  // a function would answer before its deadline
};

class Scheme {
 public:
  virtual ~Scheme() = default;
  virtual Target decide(const View& view) = 0;
  virtual Overflow overflow(const Overflowing& query, const View& view) const = 0;
};

// The schemes by name, in one table: "reactive", "paragon".
std::vector<std::string_view> scheme_names();
std::unique_ptr<Scheme> make_scheme(std::string_view name);  // null: no such scheme

}  // namespace paragon
