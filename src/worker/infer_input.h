// Checks what a query brings against what its model takes.
#pragma once

#include "base/result.h"
#include "worker/worker_query.h"

namespace paragon {

// Pictures in one request; more must be sent as several requests, which can run side by side.
inline constexpr std::size_t kRowsMax = 1024;

// Fills query.rows and query.picture (pictures), or checks the tensors against the session's inputs
// (and turns a raw body into the single input). Errors (invalid) name the tensor, what it has and
// what is expected.
Status check_input(WorkerQuery& query);

// Requested outputs exist.
Status check_outputs(const WorkerQuery& query);

}  // namespace paragon
