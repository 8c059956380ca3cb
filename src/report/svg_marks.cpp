#include "report/svg_marks.h"

namespace paragon::svg {

bool is_line(const Series& s) { return s.mark == Mark::line || s.mark == Mark::step; }

int colour_of(const Plot& plot, std::size_t series) {
  const int own = plot.series[series].colour.value_or(static_cast<int>(series));
  return ((own % kColours) + kColours) % kColours;
}

bool dashed(const Plot& plot, std::size_t series) {
  return plot.series[series].dashed || (series / kColours) % 2 == 1;
}

}  // namespace paragon::svg
