#include "report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "report/svg_marks.h"
#include "report/svg_pieces.h"
#include "report/table.h"

namespace paragon::svg {
namespace {

// Colours by Okabe and Ito, darker on white and lighter on black where they would be too faint.
constexpr const char* kStyle =
    "<style>"
    ".paragon-plot{--ink:#1f2328;--dim:#59636e;--grid:#dfe3e8;--paper:#fff;--c0:#0072b2;"
    "--c1:#e69f00;--c2:#009e73;--c3:#d55e00;--c4:#56b4e9;--c5:#cc79a7;--c6:#8c7a00;--c7:#6e6e6e;"
    "font:12px system-ui,sans-serif;max-width:100%;height:auto}"
    "@media(prefers-color-scheme:dark){.paragon-plot{--ink:#e6edf3;--dim:#9198a1;--grid:#2f363d;"
    "--paper:#0d1117;--c0:#4da3df;--c1:#f0b429;--c2:#2fc79a;--c3:#ff8748;--c4:#9bd3f5;--c5:#e3a3c8;"
    "--c6:#f0e442;--c7:#b4b9bf}}"
    ".paragon-plot .paper{fill:var(--paper)}"
    ".paragon-plot text{fill:var(--dim)}"
    ".paragon-plot .title{fill:var(--ink);font-size:14px;font-weight:600}"
    ".paragon-plot .label,.paragon-plot .key{fill:var(--ink)}"
    ".paragon-plot .grid{stroke:var(--grid);fill:none}"
    ".paragon-plot .axis{stroke:var(--dim);fill:none}"
    ".paragon-plot .error{stroke:var(--ink);fill:none}"
    ".paragon-plot .reference{stroke:var(--ink);stroke-dasharray:2 3;fill:none}"
    ".paragon-plot .line{fill:none;stroke-width:1.6;stroke-linejoin:round}"
    ".paragon-plot .dash{stroke-dasharray:6 4}"
    ".paragon-plot .area{opacity:.85}"
    ".paragon-plot .strips rect{fill:var(--ink);opacity:0}"
    ".paragon-plot .strips rect:hover{opacity:.1}"
    ".paragon-plot .f0{fill:var(--c0)}.paragon-plot .s0{stroke:var(--c0)}"
    ".paragon-plot .f1{fill:var(--c1)}.paragon-plot .s1{stroke:var(--c1)}"
    ".paragon-plot .f2{fill:var(--c2)}.paragon-plot .s2{stroke:var(--c2)}"
    ".paragon-plot .f3{fill:var(--c3)}.paragon-plot .s3{stroke:var(--c3)}"
    ".paragon-plot .f4{fill:var(--c4)}.paragon-plot .s4{stroke:var(--c4)}"
    ".paragon-plot .f5{fill:var(--c5)}.paragon-plot .s5{stroke:var(--c5)}"
    ".paragon-plot .f6{fill:var(--c6)}.paragon-plot .s6{stroke:var(--c6)}"
    ".paragon-plot .f7{fill:var(--c7)}.paragon-plot .s7{stroke:var(--c7)}"
    "</style>\n";

constexpr double kCharacter = 6.4;  // mean width at 12 px

double width_of(std::string_view text) {
  return kCharacter * static_cast<double>(display_width(text));
}

struct Extents {
  Extent x, y;
};

Extents measure(const Plot& plot, const Stacks& stacks) {
  Extents e;
  std::vector<double> heights(plot.x.categories.size());
  const auto add = [](Extent& extent, Kind kind, double value) {
    if (kind != Kind::log || value > 0) extent.add(value);
  };
  for (std::size_t s = 0; s < plot.series.size(); ++s) {
    for (std::size_t i = 0; i < plot.series[s].points.size(); ++i) {
      const Point& p = plot.series[s].points[i];
      if (!std::isfinite(p.y)) continue;
      add(e.x, plot.x.kind, p.x);
      double y = stacks[s].empty() ? p.y : stacks[s][i];
      const auto category = static_cast<std::size_t>(std::max(0.0, p.x));
      if (plot.stack_bars && plot.series[s].mark == Mark::bar && category < heights.size()) {
        y = heights[category] += p.y;
      }
      add(e.y, plot.y.kind, y);
      if (p.low) add(e.y, plot.y.kind, *p.low);
      if (p.high) add(e.y, plot.y.kind, *p.high);
    }
  }
  if (!e.y.any) return e;
  for (const Reference& r : plot.references) {
    if (r.vertical) {
      add(e.x, plot.x.kind, r.value);
    } else {
      add(e.y, plot.y.kind, r.value);
    }
  }
  return e;
}

// The legend as rows of series that fit the width.
std::vector<std::vector<std::size_t>> legend_rows(const Plot& plot) {
  std::vector<std::size_t> listed;
  for (std::size_t s = 0; s < plot.series.size(); ++s) {
    if (!plot.series[s].name.empty()) listed.push_back(s);
  }
  // A single series needs no legend: the axis says what it is.
  if (listed.size() < 2) return {};
  std::vector<std::vector<std::size_t>> rows(1);
  double used = 0;
  for (const std::size_t s : listed) {
    const double wide = width_of(plot.series[s].name) + 38;
    if (used + wide > plot.width - 32 && !rows.back().empty()) {
      rows.emplace_back();
      used = 0;
    }
    rows.back().push_back(s);
    used += wide;
  }
  return rows;
}

void draw_legend(std::string& out, const Plot& plot,
                 const std::vector<std::vector<std::size_t>>& rows, double left, double top) {
  double y = top + 8;
  for (const auto& row : rows) {
    double x = left;
    for (const std::size_t s : row) {
      draw_key(out, plot, s, x, y);
      put(out, R"(<text class="key" x="{:.1f}" y="{:.1f}">{}</text>)", x + 21, y + 4,
          escaped(plot.series[s].name));
      x += width_of(plot.series[s].name) + 38;
    }
    y += 18;
  }
  out += '\n';
}

// Where the frame of the plot lies.
struct Frame {
  double left = 0, right = 0, top = 0, bottom = 0;
};

// Labels that do not fit side by side lean; half of those that still would not fit are left out.
bool must_lean(const Ruler& x, const Frame& frame) {
  double widest = 0;
  for (const Tick& tick : x.ticks()) widest = std::max(widest, width_of(tick.label));
  return widest + 8 > (frame.right - frame.left) / static_cast<double>(x.ticks().size());
}

void draw_axes(std::string& out, const Plot& plot, const Ruler& x, const Ruler& y,
               const Frame& frame, bool lean) {
  out += R"(<path class="grid" d=")";
  for (const Tick& t : y.ticks())
    put(out, "M{:.1f} {:.1f}H{:.1f}", frame.left, y.pixel(t.value), frame.right);
  if (plot.x.categories.empty()) {
    for (const Tick& t : x.ticks())
      put(out, "M{:.1f} {:.1f}V{:.1f}", x.pixel(t.value), frame.top, frame.bottom);
  }
  out += "\"/>\n<g text-anchor=\"end\">";
  for (const Tick& t : y.ticks()) {
    put(out, R"(<text x="{:.1f}" y="{:.1f}">{}</text>)", frame.left - 6, y.pixel(t.value) + 4,
        escaped(t.label));
  }
  put(out, "</g>\n<g text-anchor=\"{}\">", lean ? "end" : "middle");
  for (const Tick& t : x.ticks()) {
    const double px = x.pixel(t.value), py = frame.bottom + 16;
    if (lean) {
      put(out, R"-(<text transform="translate({:.1f} {:.1f})rotate(-35)">{}</text>)-", px + 4,
          py - 3, escaped(t.label));
    } else {
      put(out, R"(<text x="{:.1f}" y="{:.1f}">{}</text>)", px, py, escaped(t.label));
    }
  }
  put(out, "</g>\n");
  put(out, R"(<text text-anchor="middle" x="{:.1f}" y="{}">{}</text>)",
      (frame.left + frame.right) / 2, plot.height - 6, escaped(plot.x.title));
  put(out, R"-(<text text-anchor="middle" transform="translate(13 {:.1f})rotate(-90)">{}</text>)-",
      (frame.top + frame.bottom) / 2, escaped(plot.y.title));
  out += '\n';
}

void draw_references(std::string& out, const Plot& plot, const Ruler& x, const Ruler& y,
                     const Frame& frame) {
  std::vector<std::array<double, 3>> names;  // where names of vertical ones lie: from, to, line
  for (const Reference& r : plot.references) {
    if (r.vertical ? !x.shows(r.value) : !y.shows(r.value)) continue;
    if (r.vertical) {
      const double px = x.pixel(r.value);
      const double wide = width_of(r.name);
      const bool leftwards = px + 6 + wide > frame.right;
      const double from = leftwards ? px - 5 - wide : px + 5;
      double line = frame.top + 12;
      for (const auto& [f, to, taken] : names) {
        if (f < from + wide && from < to && taken == line) line += 13;
      }
      names.push_back({from, from + wide, line});
      put(out, R"(<path class="reference" d="M{:.1f} {:.1f}V{:.1f}"/>)", px, frame.top,
          frame.bottom);
      put(out, R"(<text class="label" x="{:.1f}" y="{:.1f}">{}</text>)", from, line,
          escaped(r.name));
    } else {
      const double py = y.pixel(r.value);
      put(out, R"(<path class="reference" d="M{:.1f} {:.1f}H{:.1f}"/>)", frame.left, py,
          frame.right);
      put(out, R"(<text class="label" text-anchor="end" x="{:.1f}" y="{:.1f}">{}</text>)",
          frame.right - 4, py < frame.top + 16 ? py + 13 : py - 4, escaped(r.name));
    }
    out += '\n';
  }
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 32 && c != '\n' ? ' ' : c;
    }
  }
  return out;
}

std::string draw(const Plot& plot) {
  PARAGON_CHECK(plot.width >= 240 && plot.height >= 160, "plot too small: " + plot.title);
  const Stacks stacks = stack_areas(plot);
  const Extents extents = measure(plot, stacks);

  std::string out;
  put(out,
      R"(<svg xmlns="http://www.w3.org/2000/svg" class="paragon-plot" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">)",
      escaped(plot.title), plot.width, plot.height, plot.width, plot.height);
  out += std::string("\n") + kStyle + R"(<rect class="paper" width="100%" height="100%"/>)" + "\n";
  put(out, R"(<text class="title" x="16" y="20">{}</text>)", escaped(plot.title));
  double top = plot.title.empty() ? 8 : 30;
  if (!plot.note.empty()) {
    put(out, R"(<text x="16" y="{:.1f}">{}</text>)", top + 6, escaped(plot.note));
    top += 18;
  }
  out += '\n';
  if (!extents.y.any) {
    put(out, R"(<text x="16" y="{:.1f}">nothing recorded</text></svg>)", top + 20);
    return out + "\n";
  }
  const auto rows = legend_rows(plot);
  draw_legend(out, plot, rows, 16, top);
  top += 18 * static_cast<double>(rows.size()) + 8;

  Frame frame{0, plot.width - 18.0, top, plot.height - 40.0};
  Ruler y(plot.y, extents.y, static_cast<int>((frame.bottom - frame.top) / 42));
  double widest = 0;
  for (const Tick& t : y.ticks()) widest = std::max(widest, width_of(t.label));
  frame.left = 30 + widest;
  Ruler x(plot.x, extents.x, static_cast<int>((frame.right - frame.left) / 90));
  const bool lean = must_lean(x, frame);
  if (lean) {
    double longest = 0;
    for (const Tick& t : x.ticks()) longest = std::max(longest, width_of(t.label));
    frame.bottom -= std::max(0.0, longest * 0.58 - 8);
    frame.bottom = std::max(frame.bottom, frame.top + 60);
    // The first leaning label must not run out of the picture.
    const double half = (frame.right - frame.left) / static_cast<double>(x.ticks().size()) / 2;
    if (!x.ticks().empty()) {
      frame.left = std::max(frame.left, width_of(x.ticks().front().label) * 0.82 - half + 4);
    }
  }
  x.place(frame.left, frame.right);
  y.place(frame.bottom, frame.top);

  draw_axes(out, plot, x, y, frame, lean);
  draw_areas(out, plot, stacks, x, y);
  draw_bars(out, plot, x, y);
  draw_lines(out, plot, x, y);
  put(out, R"(<path class="axis" d="M{:.1f} {:.1f}V{:.1f}H{:.1f}"/>)", frame.left, frame.top,
      frame.bottom, frame.right);
  out += '\n';
  draw_references(out, plot, x, y, frame);
  draw_points(out, plot, x, y);
  draw_tooltips(out, plot, x, y, frame.top, frame.bottom);
  return out + "</svg>\n";
}

}  // namespace paragon::svg
