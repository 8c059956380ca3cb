// What the demonstration shows: a screen while it runs, tables and plots when it has ended.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/server_watch.h"
#include "base/histogram.h"
#include "load/tally.h"

namespace paragon {

// One look at the running demonstration.
struct DemoMoment {
  Duration elapsed{};
  Duration length{};
  Rate sent_rate;  // since the last look
  const Tally* tally = nullptr;
  std::vector<Histogram> recent;  // latencies by class since the last look
  std::optional<ServerState> server;
};
std::string demo_screen(const DemoMoment& moment);  // several lines, for a terminal
std::string demo_line(const DemoMoment& moment);    // one, for a log

// The bill, split, with what each offer served; empty when the server said nothing.
std::string bill_table(const std::optional<ServerState>& server);
// Arrival rate, machines and functions over time.
std::string history_plots(const ServerHistory& history);

}  // namespace paragon
