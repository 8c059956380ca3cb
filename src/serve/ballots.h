// The votes of an ensemble's members, read from their workers' answers, and the answer they make.
#pragma once

#include <optional>
#include <vector>

#include "catalog/catalog.h"
#include "serve/controller.h"
#include "wire/oip.h"

namespace paragon {

// Outputs `labels` and `scores` as a worker gives them, of the vote; at most `top_k`. Answers that
// cannot be read have no vote. Error: none can.
Result<oip::InferResponse> count_votes(const Catalog& catalog, const Ensemble& voting,
                                       const std::vector<std::optional<Answered>>& answers,
                                       std::size_t top_k);

}  // namespace paragon
