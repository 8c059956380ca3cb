#include "report/figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "report/number.h"
#include "report/table.h"

namespace paragon {
namespace {

constexpr std::array<const char*, 9> kEighths = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr const char* kLight = "░";

double clean(double value) { return std::isfinite(value) && value > 0 ? value : 0; }

// The least of 1, 2, 2.5, 5 x 10^n that holds `peak`, so that the axis has a readable top.
double axis_top(double peak) {
  if (peak <= 0) return 1;
  const double unit = std::pow(10.0, std::floor(std::log10(peak)));
  for (const double step : {1.0, 2.0, 2.5, 4.0, 5.0, 8.0}) {
    if (peak <= step * unit * (1 + 1e-9)) return step * unit;
  }
  return 10 * unit;
}

std::string right(const std::string& text, std::size_t width) {
  const std::size_t seen = display_width(text);
  return std::string(width > seen ? width - seen : 0, ' ') + text;
}

struct Column {
  double solid = 0;  // the first layer
  double total = 0;  // both
};

// What a cell shows whose lower edge lies `bottom` lines above the axis.
const char* cell(const Column& column, double lines_per_unit, int bottom) {
  const auto eighths = [&](double value) {
    return static_cast<int>(std::lround((value * lines_per_unit - bottom) * 8));
  };
  const int solid = eighths(column.solid);
  if (solid >= 8) return kEighths[8];
  // Half a cell or more of the second layer shows as light; less would look like more than it is.
  if (eighths(column.total) - std::max(solid, 0) >= 4) return kLight;
  return kEighths[static_cast<std::size_t>(std::max(solid, 0))];
}

std::string time_axis(const Figure& figure) {
  const auto width = static_cast<std::size_t>(figure.width);
  std::string axis = clock_text(figure.from);
  const std::string middle = clock_text(figure.from + (figure.to - figure.from) / 2);
  const std::string end = clock_text(figure.to);
  const std::size_t middle_at = width / 2 > middle.size() / 2 ? width / 2 - middle.size() / 2 : 0;
  if (axis.size() + 1 < middle_at && middle_at + middle.size() + end.size() + 1 < width) {
    axis += std::string(middle_at - axis.size(), ' ') + middle;
  }
  const std::size_t used = axis.size() + end.size();
  return axis + std::string(used < width ? width - used : 1, ' ') + end;
}

}  // namespace

double mean_over(const std::vector<PlotPoint>& samples, Duration from, Duration to, Duration end) {
  if (to <= from) return 0;
  double sum = 0;
  auto it = std::upper_bound(samples.begin(), samples.end(), from,
                             [](Duration t, const PlotPoint& s) { return t < s.at; });
  if (it != samples.begin()) --it;
  for (; it != samples.end() && it->at < to; ++it) {
    const Duration until = std::next(it) == samples.end() ? end : std::next(it)->at;
    const Duration begin = std::max(it->at, from);
    const Duration stop = std::min(until, to);
    if (stop > begin) sum += clean(it->value) * seconds(stop - begin);
  }
  return sum / seconds(to - from);
}

std::string draw(const Figure& figure, std::string_view indent) {
  PARAGON_CHECK(figure.width >= 8 && figure.height >= 1, figure.title);
  PARAGON_CHECK(!figure.layers.empty() && figure.layers.size() <= 2, figure.title);

  std::string out = fmt::format("{}{}", indent, figure.title);
  if (figure.layers.size() == 2) {
    out += fmt::format("   █ {}  {} {}", figure.layers[0].name, kLight, figure.layers[1].name);
  }
  out += '\n';
  const bool any = std::any_of(figure.layers.begin(), figure.layers.end(),
                               [](const PlotLayer& layer) { return !layer.samples.empty(); });
  if (!any || figure.to <= figure.from) return out + fmt::format("{}nothing recorded\n", indent);

  std::vector<Column> columns(static_cast<std::size_t>(figure.width));
  double peak = 0;
  for (int c = 0; c < figure.width; ++c) {
    const Duration length = figure.to - figure.from;
    const Duration begin = figure.from + length * c / figure.width;
    const Duration end = figure.from + length * (c + 1) / figure.width;
    Column& column = columns[static_cast<std::size_t>(c)];
    column.solid = mean_over(figure.layers[0].samples, begin, end, figure.to);
    column.total = column.solid;
    if (figure.layers.size() == 2) {
      column.total += mean_over(figure.layers[1].samples, begin, end, figure.to);
    }
    peak = std::max(peak, column.total);
  }

  const double top = axis_top(peak);
  const double lines_per_unit = figure.height / top;
  const std::string top_text = fmt::format("{:g}", top);
  const std::string half_text = fmt::format("{:g}", top / 2);
  const std::size_t margin = std::max<std::size_t>({top_text.size(), half_text.size(), 3});
  for (int line = figure.height - 1; line >= 0; --line) {
    std::string label;
    if (line == figure.height - 1) label = top_text;
    if (figure.height >= 4 && figure.height % 2 == 0 && line == figure.height / 2 - 1) {
      label = half_text;
    }
    std::string text = fmt::format("{} {}", right(label, margin), label.empty() ? "│" : "┤");
    for (const Column& column : columns) text += cell(column, lines_per_unit, line);
    text.resize(text.find_last_not_of(' ') + 1);
    out += fmt::format("{}{}\n", indent, text);
  }
  out += fmt::format("{}{} ┼", indent, right("0", margin));
  for (int c = 0; c < figure.width; ++c) out += "─";
  out += fmt::format("\n{}{}  {}\n", indent, std::string(margin, ' '), time_axis(figure));
  return out;
}

}  // namespace paragon
