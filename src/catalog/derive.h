// From what was measured on one core to what an offer gives: the profiles of (variant, offer).
//
// The rules are few, so that a person can redo them by hand; measurements on the offer itself
// replace them where there are any.
#pragma once

#include "catalog/offer.h"
#include "catalog/profile.h"
#include "catalog/variant.h"

namespace paragon {

// A query computes on c = min(intra_threads, vcpus) virtual CPUs. Its service time is the measured
// one divided by speed x gain(c), where gain(c) = c below one CPU (a share of a core) and
// 1 / (0.3 + 0.7 / c) above: seven tenths of a network run in parallel.
// slots = floor(vcpus / c), at least one, and no more than fit into the memory.
MachineProfile derive(const Variant& variant, const MeasuredProfile& measured,
                      const MachineOffer& offer);

// The same with one query to an environment. Cold start: (process start + load) at this share of
// one core, plus the offer's extra at its 95th percentile.
FunctionProfile derive(const Variant& variant, const MeasuredProfile& measured,
                       const FunctionOffer& offer);

}  // namespace paragon
