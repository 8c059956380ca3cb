// A simulated run for a terminal: tables, and plots drawn with characters.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "report/figure.h"
#include "report/page.h"
#include "report/simulated_run.h"

namespace paragon {

inline constexpr std::size_t kAnyWidth = std::numeric_limits<std::size_t>::max();

// The same rows for the terminal and the page, so that both always say the same.
HtmlTable cost_rows(const SimulatedRun& run);   // what was paid, and against what to hold it
HtmlTable class_rows(const SimulatedRun& run);  // deadlines, accuracy and latency by class
HtmlTable fleet_rows(const SimulatedRun& run);  // machines and functions, in numbers
HtmlTable served_rows(const SimulatedRun& run);

// Where it is wider than `columns`, in parts one below the other.
std::string text_of(const HtmlTable& table, std::string_view indent,
                    std::size_t columns = kAnyWidth);

// One line: how many requests of what were simulated how fast.
std::string headline(const SimulatedRun& run);
// What decided it: mix, prices, seeds, and what is not at its default. A line, or two.
std::string settings_text(const SimulatedRun& run, const std::string& seeds);
// All tables, then machines, load and functions over time. Several lines, ends with a line end.
std::string run_text(const SimulatedRun& run, std::size_t columns = kAnyWidth);

}  // namespace paragon
