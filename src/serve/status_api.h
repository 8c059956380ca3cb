// The control API: fleet, cost, decisions, status and history as JSON documents.
//
// Money in fields that end in _usd, times in _s or _ms. Read-only.
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

}  // namespace paragon::status_api
