#include "report/svg_marks.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/svg_pieces.h"

namespace paragon::svg {
namespace {

// Which points of a long series to draw: of those that share a pixel the first, the least, the
// greatest and the last, so no peak is lost.
std::vector<std::size_t> thinned(const std::vector<Point>& points, const Ruler& x, const Ruler& y) {
  std::vector<std::size_t> kept;
  std::size_t i = 0;
  while (i < points.size()) {
    if (!std::isfinite(points[i].y) || !std::isfinite(points[i].x)) {
      ++i;
      continue;
    }
    const double column = std::floor(x.pixel(points[i].x));
    std::size_t last = i, least = i, greatest = i;
    for (; i < points.size() && std::floor(x.pixel(points[i].x)) == column; ++i) {
      if (!std::isfinite(points[i].y)) continue;
      last = i;
      if (y.pixel(points[i].y) > y.pixel(points[least].y)) least = i;
      if (y.pixel(points[i].y) < y.pixel(points[greatest].y)) greatest = i;
    }
    std::array<std::size_t, 4> chosen = {kept.empty() ? 0 : kept.back(), least, greatest, last};
    const std::size_t first = [&] {
      std::size_t f = last;
      for (const std::size_t k : {least, greatest}) f = std::min(f, k);
      return f;
    }();
    chosen[0] = first;
    std::sort(chosen.begin(), chosen.end());
    for (const std::size_t k : chosen) {
      if (kept.empty() || kept.back() != k) kept.push_back(k);
    }
  }
  return kept;
}

std::string line_path(const Series& series, const Ruler& x, const Ruler& y) {
  std::string d;
  double before = 0;
  for (const std::size_t i : thinned(series.points, x, y)) {
    const double px = x.pixel(series.points[i].x), py = y.pixel(series.points[i].y);
    if (series.mark == Mark::step && !d.empty()) path_to(d, px, before);
    path_to(d, px, py);
    before = py;
  }
  // A step holds to the end of the axis.
  if (series.mark == Mark::step && !d.empty()) path_to(d, x.pixel(x.to()), before);
  return d;
}

// The value of a series at x, as it is drawn there; nothing before its first point.
std::optional<double> value_at(const Series& s, double x) {
  auto after = std::upper_bound(s.points.begin(), s.points.end(), x,
                                [](double v, const Point& p) { return v < p.x; });
  if (after == s.points.begin()) return std::nullopt;
  const Point& before = *std::prev(after);
  if (s.mark != Mark::line || after == s.points.end() || after->x <= before.x) return before.y;
  return before.y + (after->y - before.y) * (x - before.x) / (after->x - before.x);
}

}  // namespace

void draw_lines(std::string& out, const Plot& plot, const Ruler& x, const Ruler& y) {
  for (std::size_t s = 0; s < plot.series.size(); ++s) {
    if (!is_line(plot.series[s])) continue;
    const std::string d = line_path(plot.series[s], x, y);
    if (d.empty()) continue;
    put(out, R"(<path class="line s{}{}" d="{}"/>)", colour_of(plot, s),
        dashed(plot, s) ? " dash" : "", d);
    for (const Point& p : plot.series[s].points) error_bar(out, p, x.pixel(p.x), y);
    out += '\n';
  }
}

void draw_tooltips(std::string& out, const Plot& plot, const Ruler& x, const Ruler& y,
                   double top_px, double bottom_px) {
  const Series* longest = nullptr;
  for (const Series& s : plot.series) {
    if (!is_line(s) && s.mark != Mark::area) return;  // those marks have tooltips of their own
    if (longest == nullptr || s.points.size() > longest->points.size()) longest = &s;
  }
  if (longest == nullptr || !plot.x.categories.empty()) return;
  constexpr std::size_t kMost = 120;
  const double left = x.pixel(x.from()), right = x.pixel(x.to());
  const std::size_t strips = std::min(kMost, longest->points.size());
  out += "<g class=\"strips\">";
  for (std::size_t i = 0; i < strips; ++i) {
    const double width = (right - left) / static_cast<double>(strips);
    const double from = left + width * static_cast<double>(i);
    const double moment = x.value_at(from + width / 2);
    std::string text = fmt::format("{}: {}", plot.x.title, x.text(moment));
    for (const Series& s : plot.series) {
      const std::optional<double> value = value_at(s, moment);
      if (!value) continue;
      text += fmt::format("\n{}: {}", s.name.empty() ? plot.y.title : s.name, y.text(*value));
    }
    put(out,
        R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}</title></rect>)",
        from, top_px, width, bottom_px - top_px, escaped(text));
  }
  out += "</g>\n";
}

}  // namespace paragon::svg
