// From what a network gave to the answer that leaves.
#pragma once

#include "worker/worker_query.h"

namespace paragon {

// Adds part `row` of `rows` equal parts of the network's outputs to the query's own output tensors.
void append_outputs(WorkerQuery& query, const std::vector<ModelSession::Output>& outputs,
                    std::size_t row, std::size_t rows);

// Fills query.response: the classes or tensors, or the error, with the x-paragon-* headers.
void write_response(WorkerQuery& query);

}  // namespace paragon
