// A simulated run as a page: its tables, and what happened over time as plots.
#pragma once

#include <string>

#include "report/page.h"
#include "report/simulated_run.h"

namespace paragon {

// `command` is how to repeat it; it stands at the foot of the page.
HtmlPage run_page(const SimulatedRun& run, const std::string& command);

// The plots alone, for pages that show several runs.
svg::Plot capacity_plot(const SimulatedRun& run);  // load against machines and functions
svg::Plot spending_plot(const SimulatedRun& run);  // money so far

}  // namespace paragon
