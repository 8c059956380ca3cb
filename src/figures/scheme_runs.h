// The runs of workload-1 over the traces that figures 5, 6 and 9 draw.
#pragma once

#include <string>
#include <vector>

#include "figures/outcome.h"
#include "figures/study.h"

namespace paragon::figures {

RunKey workload_run(Prices prices, const std::string& trace, const std::string& scheme);
// For every trace that is there and both price books.
void need_workload_runs(Study& study, const std::vector<std::string>& schemes);

// Each run in a row: cost and its parts, misses by class, machines, functions' share, p99.
HtmlTable table_of_runs(const Study& study, Prices prices, const std::vector<std::string>& schemes);

// How much less than `than` a value is, in percent: 10 is "10 % less"; 0 when both are 0.
double percent_less(double value, double than);

}  // namespace paragon::figures
