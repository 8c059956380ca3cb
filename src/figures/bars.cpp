#include "figures/bars.h"

#include <fmt/format.h>

namespace paragon::figures {

svg::Plot bars(const std::string& title, const std::string& quantity,
               const std::vector<PaperTrace>& traces, const std::vector<std::string>& series,
               const std::function<double(const PaperTrace&, const std::string&)>& value) {
  svg::Plot plot{.title = title, .y = {.title = quantity}};
  for (const PaperTrace& trace : traces) plot.x.categories.push_back(trace.title);
  for (const std::string& one : series) {
    svg::Series drawn{.name = one, .mark = svg::Mark::bar, .points = {}};
    for (std::size_t i = 0; i < traces.size(); ++i)
      drawn.points.push_back({.x = static_cast<double>(i), .y = value(traces[i], one)});
    plot.series.push_back(std::move(drawn));
  }
  return plot;
}

std::string by_trace(const std::vector<PaperTrace>& traces, const std::vector<double>& values,
                     const std::string& unit) {
  std::string text;
  for (std::size_t i = 0; i < traces.size(); ++i)
    text +=
        fmt::format("{}{} {:+.1f}{}", text.empty() ? "" : ", ", traces[i].name, values[i], unit);
  return text;
}

}  // namespace paragon::figures
