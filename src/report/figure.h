// A small plot as text: one quantity over time, drawn with block characters.
//
//   machines
//    4 ┤            ▂▂██████▂▂
//    2 ┤    ▄▄██████████████████▄▄
//    0 ┼──────────────────────────────
//      0:00          1:00        2:00
//
// Each column of the screen shows the time-weighted mean of what falls into it, to an eighth of a
// line. A second layer (machines that are booting) is stacked in a lighter shade on the first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace paragon {

// A value that holds from `at` until the next point (a step); the last one until the figure's end.
struct PlotPoint {
  Duration at{};
  double value = 0;
};

struct PlotLayer {
  std::string name;                // shown in the key when there are two layers
  std::vector<PlotPoint> samples;  // ascending in time; before the first one there is nothing
};

struct Figure {
  std::string title;
  Duration from{};
  Duration to{};                  // after `from`
  std::vector<PlotLayer> layers;  // one or two
  int width = 64;                 // columns of the plot itself, at least 8
  int height = 6;                 // lines of the plot itself, at least 1
};

// Ends with a line end. Values below zero and not-a-number count as zero. Without any sample it
// says "nothing recorded".
std::string draw(const Figure& figure, std::string_view indent = "");

// The mean of a step series over [from, to): what one column shows. Zero before the first sample.
double mean_over(const std::vector<PlotPoint>& samples, Duration from, Duration to, Duration end);

}  // namespace paragon
