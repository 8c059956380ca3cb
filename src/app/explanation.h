// A decision in words: what the brain saw, what else there was and at what price, what decided.
#pragma once

#include <string>

#include "app/journal_search.h"
#include "brain/brain.h"

namespace paragon {

// What the brain sees at a moment: load, forecast, fleet, queue.
std::string sight_text(const Brain& brain, Time now);

// A query that is about to arrive: `brain` is as it was just before. `route` is the journal's line.
std::string query_text(const Brain& brain, const Query& query, Time now, const JournalLine& route);
// What became of it.
std::string later_text(const Brain& brain, const std::vector<JournalLine>& later);

// A tick that was just played: what the scheme wanted and by which numbers, and its orders.
std::string tick_text(const Brain& brain, Time now, const std::vector<JournalLine>& orders);

}  // namespace paragon
