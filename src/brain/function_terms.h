// What a call of a function would take and cost, by the estimates as they are now.
//
// Worked out when an estimate changes (a call has been answered, or what was learned of one offer
// was carried over to others), not whenever a query looks for a function: under load each query
// looks several times, and few of them call.
#pragma once

#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "base/units.h"
#include "brain/estimates.h"
#include "catalog/catalog.h"

namespace paragon {

struct CallTerms {
  bool usable = false;    // the variant fits
  Dollars price;          // expected
  Dollars provisioned;    // the same, in an environment that is kept provisioned
  Duration mean{};        // of the run, without a cold start
  Duration high{};        // the same, of a slow one
  Duration slowest{};     // and of one that must not be late
  Duration cold_start{};  // what a slow one adds
  Duration timeout{};     // what a call may take at most
  Dollars at_most;        // so what the budget must hold ready for it
};

class FunctionTerms {
 public:
  // Both must outlive it.
  FunctionTerms(const Catalog& catalog, const Estimates& estimates);

  const CallTerms& on(VariantId variant, FunctionOfferId offer) const {
    return terms_[at(variant, offer)];
  }
  void update(VariantId variant, FunctionOfferId offer);  // an estimate of the pair has changed
  void update_changed();  // any service time may have: those that did. Once a tick

 private:
  std::size_t at(VariantId v, FunctionOfferId o) const { return v.index() * offers_ + o.index(); }

  const Catalog* catalog_;
  const Estimates* estimates_;
  std::size_t offers_;
  std::vector<CallTerms> terms_;  // variant-major
};

}  // namespace paragon
