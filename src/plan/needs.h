// What the classes of a mix come to: which variant answers each, by when.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "brain/settings.h"
#include "catalog/catalog.h"
#include "trace/mix.h"

namespace paragon::plan {

// One class of the mix.
struct Need {
  std::string name;
  VariantId variant;  // that the brain selects for it
  double share = 0;   // of all queries; they add up to 1
  QueryClass query_class = QueryClass::strict;
  std::optional<Duration> deadline;  // from arrival, the way to the server and back included
  std::optional<Dollars> max_cost;   // of one query
};

// By the brain's own selection. Classes of weight 0 are left out. Errors: a task that the catalog
// has not; a class whose bounds no variant meets, with the best that there is; a class that an
// ensemble answers.
Result<std::vector<Need>> needs_of(const Catalog& catalog, const BrainSettings& settings,
                                   const Mix& mix);

}  // namespace paragon::plan
