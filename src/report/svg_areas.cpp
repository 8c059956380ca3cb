#include "report/svg_marks.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "report/svg_pieces.h"

namespace paragon::svg {

Stacks stack_areas(const Plot& plot) {
  Stacks tops(plot.series.size());
  const Series* below = nullptr;
  std::size_t below_at = 0;
  for (std::size_t s = 0; s < plot.series.size(); ++s) {
    const Series& series = plot.series[s];
    if (series.mark != Mark::area) continue;
    PARAGON_CHECK(below == nullptr || below->points.size() == series.points.size(),
                  "areas of one plot need the same x values: " + plot.title);
    for (std::size_t i = 0; i < series.points.size(); ++i) {
      PARAGON_CHECK(below == nullptr || below->points[i].x == series.points[i].x,
                    "areas of one plot need the same x values: " + plot.title);
      const double y = std::isfinite(series.points[i].y) ? std::max(0.0, series.points[i].y) : 0;
      tops[s].push_back(y + (below == nullptr ? 0 : tops[below_at][i]));
    }
    below = &series;
    below_at = s;
  }
  return tops;
}

void draw_areas(std::string& out, const Plot& plot, const Stacks& stacks, const Ruler& x,
                const Ruler& y) {
  std::size_t top = plot.series.size();
  std::vector<std::size_t> areas;
  for (std::size_t s = 0; s < plot.series.size(); ++s) {
    if (plot.series[s].mark == Mark::area && !plot.series[s].points.empty())
      areas.push_back(top = s);
  }
  if (areas.empty()) return;
  // Of the points that share a pixel the one with the greatest total stands for all.
  const std::vector<Point>& points = plot.series[top].points;
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < points.size();) {
    const double column = std::floor(x.pixel(points[i].x));
    std::size_t greatest = i;
    for (; i < points.size() && std::floor(x.pixel(points[i].x)) == column; ++i) {
      if (stacks[top][i] > stacks[top][greatest]) greatest = i;
    }
    kept.push_back(greatest);
  }
  const double end = x.pixel(x.to());
  const auto outline = [&](const std::vector<double>& tops) {
    std::vector<std::pair<double, double>> line;
    for (const std::size_t i : kept) {
      const double px = x.pixel(points[i].x), py = y.pixel(tops[i]);
      if (!line.empty() && line.back().second != py) line.emplace_back(px, line.back().second);
      if (line.empty() || line.back().second != py) line.emplace_back(px, py);
    }
    line.emplace_back(end, line.back().second);
    return line;
  };
  const std::vector<double> ground(points.size(), y.from());
  const std::vector<double>* below = &ground;
  for (const std::size_t s : areas) {
    std::string d;
    for (const auto& [px, py] : outline(stacks[s])) path_to(d, px, py);
    auto back = outline(*below);
    std::reverse(back.begin(), back.end());
    for (const auto& [px, py] : back) path_to(d, px, py);
    put(out, R"(<path class="area f{}" d="{}Z"/>)", colour_of(plot, s), d);
    out += '\n';
    below = &stacks[s];
  }
}

}  // namespace paragon::svg
