// Decisions in words: what served a query, why, and what would have been possible.
#pragma once

#include <string>

#include "brain/alternatives.h"
#include "brain/query.h"
#include "brain/route.h"
#include "brain/select.h"
#include "catalog/catalog.h"

namespace paragon {

// "machine:c5.large/17", "function:lambda-1769mb", "ensemble:three", "waiting", "none".
std::string resource_name(const Catalog& catalog, const Where& where,
                          std::optional<MachineOfferId> machine_offer);
const char* resource_kind(const Where& where);  // "machine", "function", "ensemble",
                                                // "waiting", "none"
std::optional<VariantId> variant_of(const Where& where);

const char* name(QueryClass query_class);
const char* in_words(Reason why);

// "least accuracy 0.99, latency 5 ms"; "nothing" when there is no bound.
std::string in_words(const Constraints& constraints);

// What stood against it: "accuracy under 0.9", "all slots busy: it would wait"; "possible" when
// nothing did. `bounds` are the ones it was held against.
std::string in_words(const Alternative& alternative, const Constraints& bounds);

// "large with latency of at most 20.5 ms": the bounds that would have to give for this variant,
// rounded so that asking for them does get it.
std::string in_words(const Catalog& catalog, const Relaxation& relaxation);

// Why no variant meets the query's bounds, what each bound could be at best, and the choices that
// nearly do. Its constraints come with the task's defaults.
std::string infeasible_because(const Catalog& catalog, const Selector& selector, const Query& query,
                               const std::vector<Relaxation>& nearest);

}  // namespace paragon
