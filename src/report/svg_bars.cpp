#include "report/svg_marks.h"

#include <algorithm>
#include <cmath>

#include "report/svg_pieces.h"

namespace paragon::svg {

void draw_bars(std::string& out, const Plot& plot, const Ruler& x, const Ruler& y) {
  std::vector<std::size_t> bars;
  for (std::size_t s = 0; s < plot.series.size(); ++s) {
    if (plot.series[s].mark == Mark::bar) bars.push_back(s);
  }
  if (bars.empty()) return;
  const double slot = x.pixel(1) - x.pixel(0);
  const double across = plot.stack_bars ? 1 : static_cast<double>(bars.size());
  const double width = std::min(slot * 0.8 / across, 64.0);
  std::vector<double> heights(plot.x.categories.size());
  const double ground = y.pixel(std::max(0.0, y.from()));
  for (std::size_t b = 0; b < bars.size(); ++b) {
    const Series& series = plot.series[bars[b]];
    put(out, R"(<g class="bar f{}">)", colour_of(plot, bars[b]));
    std::string errors;
    for (const Point& p : series.points) {
      const auto category = static_cast<std::size_t>(p.x);
      if (!std::isfinite(p.y) || p.x < 0 || category >= heights.size()) continue;
      const double from = plot.stack_bars ? heights[category] : 0;
      const double base = plot.stack_bars && from != 0 ? y.pixel(from) : ground;
      const double tip = y.pixel(from + p.y);
      if (plot.stack_bars) heights[category] += p.y;
      const double left = x.pixel(p.x) - width * across / 2 +
                          (plot.stack_bars ? 0 : width * static_cast<double>(b));
      put(out,
          R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}</title></rect>)",
          left, std::min(base, tip), std::max(width - (plot.stack_bars ? 0 : 1), 0.5),
          std::abs(base - tip), value_text(plot, series, p, x, y));
      error_bar(errors, p, left + width / 2, y);
    }
    out += "</g>" + errors + "\n";
  }
}

}  // namespace paragon::svg
