// What one query asks for, read from its parameters and headers.
//
// Names: `slo_latency_ms`, `slo_latency_us`, `slo_deadline_unix_ms`, `slo_min_accuracy`,
// `slo_min_accuracy_ppm`, `slo_max_cost_usd`, `slo_max_cost_microusd`, `slo_class`,
// `slo_objective`, `slo_best_effort`, `slo_percentile`, `tenant`, `explain`; each also as a header
// `x-paragon-` and the name with dashes. Aliases: Triton's `timeout` (microseconds) and `priority`;
// the headers `x-slo-ttft-ms`, `x-gateway-inference-objective` and
// `x-gateway-inference-fairness-id`.
//
// Numbers may come as numbers or as numeric strings (some clients can send nothing else). Order:
// parameters before headers before the task's defaults, and a name of ours before an alias; where
// one bound is given twice at the same place, the tighter holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "catalog/constraints.h"
#include "wire/http.h"
#include "wire/oip.h"

namespace paragon {

struct Slo {
  Constraints constraints;
  std::optional<double> percentile;  // recorded with the decision; predictions do not depend on it
  std::string tenant;                // recorded with the decision
  bool explain = false;              // the answer shall say why it was served as it was
};

// `unix_now_ms` turns an absolute deadline into a latency. Errors: invalid, naming the field, the
// value and what it takes; also for names that begin with slo_ but are not known, since a
// misspelt bound would silently not hold.
Result<Slo> read_slo(const oip::Parameters& parameters, const http::Headers& headers,
                     const Constraints& defaults, std::int64_t unix_now_ms);

}  // namespace paragon
