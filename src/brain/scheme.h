// A scheme: one procurement policy.
//
// Promises of an implementation:
// 1. `decide` says how many machines there should be, not what to do next: the brain works out the
//    orders, and applies the floor, the ceiling and the budget.
// 2. It keeps no clock and does no I/O; its state depends only on the views it was shown.
// 3. `overflow` is asked when a query finds no free slot. It says what the policy wants; the brain
//    falls back when that is impossible (no function fits, no budget, no room).
// 4. A catalog without machine offers is served by functions alone and asks no scheme to decide.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "brain/orders.h"
#include "brain/query.h"
#include "brain/settings.h"
#include "brain/view.h"

namespace paragon {

struct Target {
  MachineOfferId offer;
  int machines = 0;  // wanted, booting ones included
  OrderReason why = OrderReason::demand;
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
  wait_for_warm,      // the same, but count on a warm environment of the cheapest function that is
                      // quick enough: for schemes that keep enough of them warm
  wait,               // wait for a machine, whatever happens
};

// What is known about a query that found no free slot.
struct Overflowing {
  QueryClass query_class = QueryClass::strict;
  bool machine_in_time = false;  // a machine is expected to be free before its deadline
};

class Scheme {
 public:
  virtual ~Scheme() = default;
  virtual Wanted decide(const View& view) = 0;
  virtual Overflow overflow(const Overflowing& query, const View& view) const = 0;
  // Why the last `decide`, of this very view, wanted as many machines as it did: its rule with the
  // numbers that went into it, a line or a few. For explanations only; empty: it does not say.
  virtual std::string why(const View& /*view*/) const { return {}; }
  // Asked for each arrival: false sends it to a function although a machine may have a free slot,
  // for schemes that give machines a fixed share of the load.
  virtual bool machine_first(Time /*now*/) { return true; }
};

// One number that a scheme can be tuned with.
struct Knob {
  std::string_view name;  // with its unit, last: "window_s"
  double standard = 0;    // the published constant, where there is one
  double least = 0;
  double most = 0;
  std::string_view meaning;
  std::string_view source;  // of the standard value
};

// Values of the knobs of one scheme.
class Knobs {
 public:
  Knobs(std::span<const Knob> knobs, const Tuning& tuning) : knobs_(knobs), tuning_(tuning) {}
  double operator[](std::string_view name) const;  // must be one of the scheme's
  Duration seconds(std::string_view name) const { return from_seconds((*this)[name]); }
  int integer(std::string_view name) const { return static_cast<int>((*this)[name]); }

 private:
  std::span<const Knob> knobs_;
  const Tuning& tuning_;
};

// A scheme as the table lists it.
struct SchemeInfo {
  std::string_view name;
  std::string_view idea;    // one sentence
  std::string_view source;  // of the policy; each knob says that of its value
  std::span<const Knob> knobs;
  std::unique_ptr<Scheme> (*make)(const Knobs&, const BrainSettings&);
  bool follows_plan = false;  // does what BrainSettings::plan says, and nothing without one

  const Knob* find_knob(std::string_view knob) const;  // null: it has none of that name
};

// The one that follows a plan.
inline constexpr std::string_view kPlanFollower = "planned";

// The schemes, in one table (schemes/schemes.cpp).
std::span<const SchemeInfo* const> schemes();
std::vector<std::string_view> scheme_names();
std::vector<std::string_view> deciding_scheme_names();  // all but those that follow a plan
const SchemeInfo* find_scheme(std::string_view name);   // null: no such scheme
// settings.scheme with settings.tuning; null: no such scheme.
std::unique_ptr<Scheme> make_scheme(const BrainSettings& settings);
// How a brain gets its scheme: by name, or one that is not in the table.
using MakeScheme = std::function<std::unique_ptr<Scheme>(const BrainSettings&)>;

}  // namespace paragon
