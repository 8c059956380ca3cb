// Bars by scheme for each trace: the shape of figures 5, 6 and 9.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "figures/paper_traces.h"
#include "report/svg.h"

namespace paragon::figures {

// One group of bars a trace, one bar a series. `value` is asked once for each pair.
svg::Plot bars(const std::string& title, const std::string& quantity,
               const std::vector<PaperTrace>& traces, const std::vector<std::string>& series,
               const std::function<double(const PaperTrace&, const std::string&)>& value);

// "berkeley -12.3 %, wits +4.0 %": of each trace its number, in percent or another unit.
std::string by_trace(const std::vector<PaperTrace>& traces, const std::vector<double>& values,
                     const std::string& unit = " %");

}  // namespace paragon::figures
