#include "report/svg_pieces.h"

#include <cmath>

namespace paragon::svg {

std::string value_text(const Plot& plot, const Series& s, const Point& p, const Ruler& x,
                       const Ruler& y) {
  std::string text;
  if (!p.label.empty()) text += p.label + "\n";
  if (!s.name.empty() && s.name != p.label) text += s.name + "\n";
  if (plot.x.categories.empty()) {
    text += fmt::format("{}: {}\n", plot.x.title, x.text(p.x));
  } else {
    text += plot.x.categories[static_cast<std::size_t>(p.x)] + "\n";
  }
  text += fmt::format("{}: {}", plot.y.title, y.text(p.y));
  if (p.low && p.high) text += fmt::format(" ({} to {})", y.text(*p.low), y.text(*p.high));
  return escaped(text);
}

void error_bar(std::string& out, const Point& p, double px, const Ruler& y) {
  if (!p.low || !p.high || !std::isfinite(*p.low) || !std::isfinite(*p.high)) return;
  const double high = y.pixel(*p.high), low = y.pixel(*p.low);
  put(out,
      R"(<path class="error" d="M{0:.1f} {1:.1f}V{2:.1f}M{3:.1f} {1:.1f}h6M{3:.1f} {2:.1f}h6"/>)",
      px, high, low, px - 3);
}

void path_to(std::string& d, double px, double py) {
  put(d, "{}{:.1f} {:.1f}", d.empty() ? "M" : "L", px, py);
}

}  // namespace paragon::svg
