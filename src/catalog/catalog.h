// The catalog: tasks, variants, offers, profiles and ensembles as one immutable, indexed value.
//
// Loaded once (catalog/load.h) or built in code by tests; every id is a position in these tables.
// Immutable after `build`, so any thread may read it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/ensemble.h"
#include "catalog/offer.h"
#include "catalog/profile.h"
#include "catalog/task.h"
#include "catalog/variant.h"

namespace paragon {

class Catalog {
 public:
  struct Parts {
    std::vector<Task> tasks;
    std::vector<Variant> variants;
    std::vector<MeasuredProfile> profiles;  // one per variant, same order
    std::vector<MachineOffer> machine_offers;
    std::vector<FunctionOffer> function_offers;
    std::vector<Ensemble> ensembles;
  };
  // Checks the parts against each other (names unique, ranges sane, ids in range) and derives the
  // per-offer profiles: service = measured / speed of the CPU share a query gets; one slot per
  // vCPU (at least one); a variant fits when its memory does. All complaints in one error.
  static Result<Catalog> build(Parts parts);

  // What it was built from, to build another that differs in something.
  const Parts& parts() const { return parts_; }
  const std::vector<Task>& tasks() const { return parts_.tasks; }
  const std::vector<Variant>& variants() const { return parts_.variants; }
  const std::vector<MachineOffer>& machine_offers() const { return parts_.machine_offers; }
  const std::vector<FunctionOffer>& function_offers() const { return parts_.function_offers; }
  const std::vector<Ensemble>& ensembles() const { return parts_.ensembles; }

  const Ensemble& ensemble(EnsembleId id) const { return parts_.ensembles[id.index()]; }
  const Task& task(TaskId id) const { return parts_.tasks[id.index()]; }
  const Variant& variant(VariantId id) const { return parts_.variants[id.index()]; }
  const MachineOffer& offer(MachineOfferId id) const { return parts_.machine_offers[id.index()]; }
  const FunctionOffer& offer(FunctionOfferId id) const {
    return parts_.function_offers[id.index()];
  }
  std::string resource(MachineOfferId id) const { return resource_name(offer(id)); }
  std::string resource(FunctionOfferId id) const { return resource_name(offer(id)); }
  const MeasuredProfile& profile(VariantId v) const { return parts_.profiles[v.index()]; }
  const MachineProfile& profile(VariantId v, MachineOfferId o) const {
    return on_machine_[v.index() * parts_.machine_offers.size() + o.index()];
  }
  const FunctionProfile& profile(VariantId v, FunctionOfferId o) const {
    return on_function_[v.index() * parts_.function_offers.size() + o.index()];
  }

  // A machine serves a mix of variants: the slots of the variant that can use most of them.
  int slots_most(MachineOfferId offer) const;

  std::optional<TaskId> find_task(std::string_view name) const;
  std::optional<VariantId> find_variant(std::string_view name) const;
  std::optional<MachineOfferId> find_machine_offer(std::string_view name) const;
  std::optional<FunctionOfferId> find_function_offer(std::string_view name) const;

 private:
  Parts parts_;
  std::vector<MachineProfile> on_machine_;    // variant-major
  std::vector<FunctionProfile> on_function_;  // variant-major
};

}  // namespace paragon
