// The control API: fleet, cost, decisions, status and history as JSON documents.
//
// Money in fields that end in _usd, times in _s or _ms. Read-only. Beside it the one error with
// more to say than a sentence.
#pragma once

#include <optional>
#include <string>

#include "serve/controller.h"
#include "serve/history.h"

namespace paragon::status_api {

std::string fleet(const Controller& controller);
std::string cost(const Controller& controller);
std::string status(const Controller& controller);
// From the sample after `since_s` (seconds since the start) on.
std::string history(const History& history, double since_s);
// Nothing: there is no such decision any more.
std::optional<std::string> decision(const Controller& controller, DecisionId id);
std::string decisions(const Controller& controller, std::size_t last);
// The body of a refusal because no variant meets the bounds: `error`, and `nearest` with what each
// of them would need, as parameters of a query.
std::string infeasible(const Catalog& catalog, const Selector& selector, const std::string& message,
                       const std::vector<Relaxation>& nearest);

}  // namespace paragon::status_api
