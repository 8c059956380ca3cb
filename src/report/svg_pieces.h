// Appending formatted text, and the small pieces that several marks share.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>

#include "report/svg.h"
#include "report/svg_axis.h"

namespace paragon::svg {

template <class... Args>
void put(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

// What a tooltip says of one point; escaped.
std::string value_text(const Plot& plot, const Series& series, const Point& point, const Ruler& x,
                       const Ruler& y);
// Its error bar at a pixel, if it has one.
void error_bar(std::string& out, const Point& point, double px, const Ruler& y);
void path_to(std::string& d, double px, double py);

}  // namespace paragon::svg
