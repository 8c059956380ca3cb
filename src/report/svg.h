// A plot as SVG text, from plain series: lines, steps, areas, bars and points over two axes.
//
//   svg::Plot plot{.title = "Machines over the day", .x = {.title = "time", .kind =
//   svg::Kind::time},
//                  .y = {.title = "machines"}};
//   plot.series.push_back({.name = "ready", .mark = svg::Mark::area, .points = {{0, 3}, {60, 4}}});
//   file << svg::draw(plot);
//
// The text stands alone as a file or inside HTML, follows the reader's light or dark theme, and
// needs no script or network. Colours stay apart for the colour-blind (Okabe and Ito, 2008); a
// series is also told by its name in the legend and, when there are many, by its dash or shape.
// Each mark carries its values as a tooltip. Long lines are thinned to what a screen can show,
// keeping every peak. The same plot gives the same bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace paragon::svg {

struct Point {
  double x = 0;  // in a plot with categories: the index of one, and its value y
  double y = 0;
  std::string label{};           // points: written beside it
  std::optional<double> low{};   // an error bar from here
  std::optional<double> high{};  // to here
};

enum class Mark {
  line,    // straight between points
  step,    // a value holds until the next point
  area,    // filled down to the series below (areas stack in their order), holding as a step does
  bar,     // at each category, beside the other series or stacked on them (Plot::stack_bars)
  points,  // unconnected
};

struct Series {
  std::string name;  // in the legend; empty: not listed
  Mark mark = Mark::line;
  std::vector<Point> points;    // ascending in x for lines, steps and areas; others in any order
  std::optional<int> colour{};  // 0 to 7; by its place among the series when not said
  bool dashed = false;          // lines and steps
};

enum class Kind {
  linear,
  log,   // base 10; values not above 0 are left out
  time,  // seconds, labelled as clock times; x only
};

struct Axis {
  std::string title{};  // what it shows and its unit: "cost ($/hour)"
  Kind kind = Kind::linear;
  std::vector<std::string> categories{};  // x only: names instead of a scale
  std::optional<double> from{};           // ends; from the data when not said. A linear axis of
  std::optional<double> to{};             // values that are all positive begins at 0.
};

// A straight line across the plot, named at its end: what a value is to be compared with.
struct Reference {
  std::string name;
  double value = 0;
  bool vertical = false;  // at an x rather than a y
};

struct Plot {
  std::string title{};
  std::string note{};  // a line of small print below the title
  Axis x{};
  Axis y{};
  std::vector<Series> series{};
  std::vector<Reference> references{};
  bool stack_bars = false;
  int width = 760;   // of the whole picture, in CSS pixels, at least 240
  int height = 320;  // at least 160
};

// A plot without any finite value says "nothing recorded". Areas of one plot must have the same x
// values (checked).
std::string draw(const Plot& plot);

// "<", "&" and quotes as XML wants them; control characters become blanks.
std::string escaped(std::string_view text);

}  // namespace paragon::svg
