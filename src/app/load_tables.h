// What a load found, as text tables for people: shared by `paragon load` and `paragon demo`.
#pragma once

#include <string>

#include "load/tally.h"

namespace paragon {

// By class and in total: counts, misses, latencies.
std::string latency_table(const Tally& tally);
// By class and in total: delivered accuracy with its interval, what the server charged.
std::string delivery_table(const Tally& tally);
// By variant and by resource: queries, share, accuracy, cost. Empty when nothing was answered.
std::string served_table(const Tally& tally);
// What went wrong, most frequent first; empty when nothing did.
std::string trouble_list(const Tally& tally);
// One line, empty when the generator kept its schedule.
std::string lag_warning(const Tally& tally);

}  // namespace paragon
