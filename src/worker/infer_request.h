// From an HTTP request to a query: the headers that steer it, the body's form.
#pragma once

#include "base/result.h"
#include "worker/worker_query.h"

namespace paragon {

// A body that is the picture itself: content-type image/*, or the protocol's raw binary request.
bool is_raw(const http::Request& request);

// x-paragon-deadline-us -> query.deadline, counted from query.arrived. Errors: not a number.
Status read_deadline(WorkerQuery& query);

// Body -> query.infer (not of a raw request: its body stays where it is), then
// x-paragon-outputs: binary. May run on any thread.
Status read_body(WorkerQuery& query);

// The parameter top_k, or x-paragon-top-k, or `otherwise` -> query.top_k.
Status read_top_k(WorkerQuery& query, std::size_t otherwise);

}  // namespace paragon
