// Draws the series of a plot, once its axes are placed.
#pragma once

#include <string>
#include <vector>

#include "report/svg.h"
#include "report/svg_axis.h"

namespace paragon::svg {

inline constexpr int kColours = 8;

// The look of the series at a place among the plot's: colour and, past the colours, a dash.
int colour_of(const Plot& plot, std::size_t series);
bool dashed(const Plot& plot, std::size_t series);
bool is_line(const Series& series);  // line or step

// Tops of the plot's areas, each on those below it; by series, empty for those that are not areas.
using Stacks = std::vector<std::vector<double>>;
Stacks stack_areas(const Plot& plot);

void draw_areas(std::string& out, const Plot& plot, const Stacks& stacks, const Ruler& x,
                const Ruler& y);
void draw_bars(std::string& out, const Plot& plot, const Ruler& x, const Ruler& y);
void draw_lines(std::string& out, const Plot& plot, const Ruler& x, const Ruler& y);
void draw_points(std::string& out, const Plot& plot, const Ruler& x, const Ruler& y);
// Invisible strips over the plot, each with the values of its moment as a tooltip.
void draw_tooltips(std::string& out, const Plot& plot, const Ruler& x, const Ruler& y,
                   double top_px, double bottom_px);
// A small picture of a series for the legend, 16 wide, around (x, y) at its left middle.
void draw_key(std::string& out, const Plot& plot, std::size_t series, double x, double y);

}  // namespace paragon::svg
