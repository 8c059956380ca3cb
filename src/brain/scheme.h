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
#include <span>
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

// So many environments should be able to answer without a cold start.
struct WarmTarget {
  FunctionOfferId offer;
  VariantId variant;
  int environments = 0;  // idle and busy ones together
};

// What a scheme wants; the spans are its own buffers, valid until its next call.
struct Wanted {
  // One target: machines of other offers count for what they carry of the present mix. Several:
  // each offer is brought to its own number. Offers that are not named are given back.
  std::span<const Target> machines;
  std::span<const WarmTarget> warm;
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
  virtual Wanted decide(const View& view) = 0;
  virtual Overflow overflow(const Overflowing& query, const View& view) const = 0;
  // Asked for each arrival: false sends it to a function although a machine may have a free slot,
  // for schemes that give machines a fixed share of the load.
  virtual bool machine_first(Time /*now*/) { return true; }
};

// The schemes by name, in one table.
std::vector<std::string_view> scheme_names();
std::unique_ptr<Scheme> make_scheme(std::string_view name);  // null: no such scheme

}  // namespace paragon
