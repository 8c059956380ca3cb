// The least that one query can cost, in one unit for every offer.
//
// The unit is a second of a reference machine at its price. A query that takes `s` seconds of a
// slot on an offer with price p and `n` slots takes s / n machine-seconds, worth s / n x p /
// p_reference seconds of the reference. A call of a function is worth its price over p_reference.
// So one price of machine time holds for all offers, and machines count as if they could be bought
// in any size.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "sim/scenario.h"
#include "sim/service_times.h"

namespace paragon::sim {

// What a schedule may do.
struct Liberty {
  // Buy machines of this market alone; nothing: of every market.
  std::optional<Market> market{};
  // Where the objective of a class asks for more than its bounds do, let a function give a lesser
  // answer, as the brain does at the last moment.
  bool lesser_answers = true;

  bool may_buy(const MachineOffer& offer) const { return !market || offer.market == *market; }
};

class LeastCosts {
 public:
  // Errors: the mix names a task the catalog has not, or no variant meets a class's bounds on
  // anything that the settings allow to be bought.
  static Result<LeastCosts> of(const Scenario& scenario, const Liberty& liberty);

  // Classes of the mix that are alike to the bound.
  struct Kind {
    Duration deadline = Duration::max();  // of the answer on its way, after the arrival; max: none
    double work = 0;                      // of a median query, as below
    double call = 0;
  };
  const std::vector<Kind>& kinds() const { return kinds_; }
  std::uint32_t kind_of(std::size_t mix_class) const { return kind_of_[mix_class]; }

  // For a query whose service times are at `quantile`. Infinity: none can answer it by its deadline
  // even if it starts at once. Both infinite: it misses whatever is done.
  struct Least {
    double work;  // seconds of the reference machine
    double call;  // the same, for a function
  };
  Least least(std::uint32_t kind, std::uint32_t quantile) const;

  HourlyPrice reference() const { return reference_; }
  // The reference; nothing: no machine may be bought.
  std::optional<MachineOfferId> offer() const { return offer_; }
  const Liberty& liberty() const { return liberty_; }
  // Seconds that a machine is billed before it is ready, at the least, whatever its offer. Of a
  // delay that varies: in the mean, and no more than what a buyer can reach who gives up slow ones.
  double boot() const { return boot_; }

 private:
  struct Way {
    VariantId variant;
    Duration service{};     // median
    double per_second = 0;  // cost of a second of it
    double fixed = 0;
    Duration step{};  // functions: what a call is rounded up to
  };
  struct Ways {
    std::vector<Way> machines;
    std::vector<Way> functions;
  };

  LeastCosts(const Catalog& catalog, const Liberty& liberty) : times_(catalog), liberty_(liberty) {}
  struct Class {
    Constraints constraints;             // with the task's defaults
    std::vector<VariantId> on_machines;  // accurate enough; one alone where the objective names it
    std::vector<VariantId> on_functions;
  };
  Class class_of(const Scenario& scenario, const MixClass& mix_class, TaskId task) const;
  void choose_reference(const Scenario& scenario, const std::vector<Class>& classes);
  Ways ways(const Scenario& scenario, const Class& of) const;

  bool counts(const Scenario& scenario, const MachineOffer& offer) const {
    return scenario.brain.machines_max > 0 && liberty_.may_buy(offer);
  }

  ServiceTimes times_;
  Liberty liberty_;
  std::vector<Kind> kinds_;
  std::vector<Ways> ways_;  // by kind
  std::vector<std::uint32_t> kind_of_;
  HourlyPrice reference_;
  std::optional<MachineOfferId> offer_;
  double boot_ = 0;
};

// The least mean time an order is billed for each machine that becomes ready, over all ways to give
// up on slow ones: the infimum over t of E[min(delay, t)] / P(delay <= t). Seconds.
// With `worth`, a machine earns so much in each second that it is ready before `until`, counted
// from the order, and that is taken off.
double least_mean_boot(const Delay& delay, Duration until = {}, double worth = 0);

}  // namespace paragon::sim
