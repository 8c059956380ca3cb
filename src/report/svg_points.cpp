#include "report/svg_marks.h"

#include <array>
#include <cmath>

#include "report/svg_pieces.h"
#include "report/table.h"

namespace paragon::svg {
namespace {

// Six shapes about a point, so that series are told apart without colour.
void shape(std::string& out, std::size_t which, double px, double py, double r) {
  switch (which % 6) {
    case 0:
      put(out, R"(<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}">)", px, py, r);
      return;
    case 1:
      put(out, R"(<path d="M{:.1f} {:.1f}h{:.1f}v{:.1f}h-{:.1f}z">)", px - r, py - r, 2 * r, 2 * r,
          2 * r);
      return;
    case 2:
      put(out, R"(<path d="M{:.1f} {:.1f}l{:.1f} {:.1f}h-{:.1f}z">)", px, py - r * 1.2, r * 1.2,
          r * 2.1, r * 2.4);
      return;
    case 3:
      put(out, R"(<path d="M{0:.1f} {1:.1f}l{2:.1f} {2:.1f}l-{2:.1f} {2:.1f}l-{2:.1f} -{2:.1f}z">)",
          px, py - r * 1.3, r * 1.3);
      return;
    case 4:
      put(out, R"(<path d="M{:.1f} {:.1f}l{:.1f} -{:.1f}h-{:.1f}z">)", px, py + r * 1.2, r * 1.2,
          r * 2.1, r * 2.4);
      return;
    default: {
      const double a = r * 0.45;
      put(out,
          R"(<path d="M{:.1f} {:.1f}h{:.1f}v{:.1f}h{:.1f}v{:.1f}h-{:.1f}v{:.1f}h-{:.1f}v-{:.1f}h-{:.1f}v-{:.1f}h{:.1f}z">)",
          px - a, py - r * 1.2, 2 * a, r * 1.2 - a, r * 1.2 - a, 2 * a, r * 1.2 - a, r * 1.2 - a,
          2 * a, r * 1.2 - a, r * 1.2 - a, 2 * a, r * 1.2 - a);
      return;
    }
  }
}

const char* shape_end(std::size_t which) { return which % 6 == 0 ? "</circle>" : "</path>"; }

}  // namespace

void draw_points(std::string& out, const Plot& plot, const Ruler& x, const Ruler& y) {
  double label_low = -1e9;  // labels that would lie over each other are moved down
  std::vector<std::array<double, 3>> labels;
  const double right = x.pixel(x.to());
  for (std::size_t s = 0; s < plot.series.size(); ++s) {
    const Series& series = plot.series[s];
    if (series.mark != Mark::points) continue;
    put(out, R"(<g class="points f{}">)", colour_of(plot, s));
    std::string texts;
    for (const Point& p : series.points) {
      if (!x.shows(p.x) || !y.shows(p.y)) continue;
      const double px = x.pixel(p.x), py = y.pixel(p.y);
      error_bar(texts, p, px, y);
      shape(out, s, px, py, 4.5);
      put(out, "<title>{}</title>{}", value_text(plot, series, p, x, y), shape_end(s));
      if (p.label.empty()) continue;
      const double wide = 6.2 * static_cast<double>(display_width(p.label));
      const bool leftwards = px + 8 + wide > right;
      const double from = leftwards ? px - 8 - wide : px + 8;
      double line = py + 4;
      for (bool moved = true; moved;) {
        moved = false;
        for (const auto& [f, t, l] : labels) {
          if (f < from + wide && from < t && std::abs(l - line) < 11) line = l + 11, moved = true;
        }
      }
      labels.push_back({from, from + wide, line});
      label_low = std::max(label_low, line);
      put(texts, R"(<text class="label" x="{:.1f}" y="{:.1f}">{}</text>)", from, line,
          escaped(p.label));
    }
    out += "</g>" + texts + "\n";
  }
}

void draw_key(std::string& out, const Plot& plot, std::size_t series, double x, double y) {
  const int colour = colour_of(plot, series);
  switch (plot.series[series].mark) {
    case Mark::area:
    case Mark::bar:
      put(out, R"(<rect class="f{}" x="{:.1f}" y="{:.1f}" width="12" height="10"/>)", colour, x + 2,
          y - 5);
      return;
    case Mark::points:
      put(out, R"(<g class="f{}">)", colour);
      shape(out, series, x + 8, y, 4.5);
      out += std::string(shape_end(series)) + "</g>";
      return;
    case Mark::line:
    case Mark::step:
      put(out, R"(<path class="line s{}{}" d="M{:.1f} {:.1f}h16"/>)", colour,
          dashed(plot, series) ? " dash" : "", x, y);
      return;
  }
}

}  // namespace paragon::svg
