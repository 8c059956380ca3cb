#include "report/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string_view>

#include "report/page.h"
#include "report/svg_axis.h"

namespace paragon::svg {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> labels(const Ruler& ruler) {
  std::vector<std::string> list;
  for (const Tick& t : ruler.ticks()) list.push_back(t.label);
  return list;
}

Ruler ruler(Axis axis, double least, double most, int ticks) {
  Extent e;
  e.add(least);
  e.add(most);
  return Ruler(axis, e, ticks);
}

TEST(SvgAxis, LinearTicksAreRoundAndBeginAtZero) {
  EXPECT_THAT(labels(ruler({}, 3, 9.7, 5)), ElementsAre("0", "2", "4", "6", "8", "10"));
  EXPECT_THAT(labels(ruler({}, 0.01, 0.02, 4)),
              ElementsAre("0", "0.005", "0.010", "0.015", "0.020"));
  EXPECT_THAT(labels(ruler({}, 0, 4e6, 4)), ElementsAre("0", "1M", "2M", "3M", "4M"));
  EXPECT_THAT(labels(ruler({}, 0, 20'000, 4)), ElementsAre("0", "5k", "10k", "15k", "20k"));
  EXPECT_THAT(labels(ruler({}, -4, 4, 4)), ElementsAre("-4", "-2", "0", "2", "4"));
  EXPECT_THAT(labels(ruler({.from = 60, .to = 80}, 61, 79, 4)),
              ElementsAre("60", "65", "70", "75", "80"));
}

TEST(SvgAxis, TimeTicksAreClockTimes) {
  const Axis time{.kind = Kind::time};
  EXPECT_THAT(labels(ruler(time, 0, 60, 4)), ElementsAre("0 s", "15 s", "30 s", "45 s", "60 s"));
  EXPECT_THAT(labels(ruler(time, 0, 3600, 4)),
              ElementsAre("0 min", "15 min", "30 min", "45 min", "60 min"));
  EXPECT_THAT(labels(ruler(time, 0, 86'400, 5)), ElementsAre("0 h", "6 h", "12 h", "18 h", "24 h"));
  EXPECT_THAT(labels(ruler(time, 0, 3 * 86'400, 3)), ElementsAre("0 d", "1 d", "2 d", "3 d"));
}

TEST(SvgAxis, LogTicksAreDecadesAndFinerWhenNarrow) {
  const Axis log{.kind = Kind::log};
  EXPECT_THAT(labels(ruler(log, 0.5, 2000, 8)), ElementsAre("0.1", "1", "10", "100", "1k", "10k"));
  EXPECT_THAT(labels(ruler(log, 1.5, 30, 8)), ElementsAre("1", "2", "5", "10", "20", "50"));
}

TEST(SvgAxis, SurvivesDegenerateData) {
  for (const Kind kind : {Kind::linear, Kind::log, Kind::time}) {
    for (const double value : {0.0, 1.0, -3.0, 1e300, 1e-300}) {
      if (kind == Kind::log && value <= 0) continue;
      const Ruler r = ruler({.kind = kind}, value, value, 5);
      EXPECT_TRUE(std::isfinite(r.from()) && std::isfinite(r.to()) && r.to() > r.from()) << value;
      EXPECT_LT(r.ticks().size(), 40U) << value;
    }
  }
}

Plot line_plot() {
  Plot plot{
      .title = "a < b", .x = {.title = "time", .kind = Kind::time}, .y = {.title = "machines"}};
  plot.series.push_back({.name = "ready", .points = {{0, 1}, {60, 3}, {120, 2}}});
  plot.series.push_back({.name = "wanted", .mark = Mark::step, .points = {{0, 2}, {120, 4}}});
  return plot;
}

TEST(Svg, NamesAxesSeriesAndEscapes) {
  const std::string text = draw(line_plot());
  EXPECT_THAT(text, HasSubstr("a &lt; b"));
  EXPECT_THAT(text, HasSubstr(">machines</text>"));
  EXPECT_THAT(text, HasSubstr(">ready</text>"));
  EXPECT_THAT(text, HasSubstr(">wanted</text>"));
  EXPECT_THAT(text, HasSubstr("prefers-color-scheme:dark"));
  EXPECT_EQ(text, draw(line_plot()));
}

TEST(Svg, NeedsNothingFromOutside) {
  const std::string text =
      html({.title = "t", .sections = {{.title = "s", .plots = {line_plot()}}}});
  constexpr std::string_view kName = "xmlns=\"http://www.w3.org/2000/svg\"";
  std::string rest = text;
  for (auto at = rest.find(kName); at != std::string::npos; at = rest.find(kName, at)) {
    rest.erase(at, kName.size());
  }
  EXPECT_THAT(rest, Not(HasSubstr("http")));
  EXPECT_THAT(rest, Not(HasSubstr("src=")));
  EXPECT_THAT(rest, Not(HasSubstr("@import")));
}

TEST(Svg, TooltipsGiveTheValuesOfTheMoment) {
  const std::string text = draw(line_plot());
  // Three strips of 40 s: the middle of the second is at 60 s.
  EXPECT_THAT(text, HasSubstr("time: 1:00\nready: 3\nwanted: 2"));
}

// What stands between the first `from` and the next `to`. (A regular expression over a whole
// drawing needs more stack than there is under a sanitizer.)
std::string between(const std::string& text, std::string_view from, std::string_view to) {
  const std::size_t start = text.find(from);
  EXPECT_NE(start, std::string::npos) << from;
  if (start == std::string::npos) return "";
  const std::size_t begin = start + from.size();
  return text.substr(begin, text.find(to, begin) - begin);
}

TEST(Svg, LongLinesAreThinnedButKeepTheirPeak) {
  Plot plot = line_plot();
  plot.series.resize(1);
  plot.series[0].points.clear();
  for (int i = 0; i < 500'000; ++i) {
    plot.series[0].points.push_back({static_cast<double>(i), i == 311'111 ? 1000.0 : 1.0});
  }
  const std::string text = draw(plot);
  EXPECT_LT(text.size(), 60'000U);
  // The peak reaches the top of the frame: the y of the first grid line from above.
  const std::string line = between(text, "class=\"line s0\" d=\"", "\"");
  const std::string axis = between(text, "class=\"axis\" d=\"M", "V");
  const std::string top = axis.substr(axis.find(' ') + 1);
  ASSERT_FALSE(top.empty());
  EXPECT_THAT(line, HasSubstr(" " + top + "L"));
}

TEST(Svg, AreasStack) {
  Plot plot{.title = "t", .x = {.title = "x"}, .y = {.title = "y"}};
  plot.series.push_back({.name = "a", .mark = Mark::area, .points = {{0, 1}, {1, 1}}});
  plot.series.push_back({.name = "b", .mark = Mark::area, .points = {{0, 2}, {1, 3}}});
  // The scale reaches the sum, 4, not the greatest, 3.
  EXPECT_THAT(draw(plot), HasSubstr(">4</text>"));
  EXPECT_THAT(draw(plot), HasSubstr("class=\"area f1\""));
}

TEST(Svg, BarsStackOrStandBesideEachOther) {
  Plot plot{
      .title = "t", .x = {.title = "scheme", .categories = {"one", "two"}}, .y = {.title = "usd"}};
  plot.series.push_back({.name = "machines", .mark = Mark::bar, .points = {{0, 5}, {1, 1}}});
  plot.series.push_back({.name = "functions", .mark = Mark::bar, .points = {{0, 5}, {1, 2}}});
  EXPECT_THAT(draw(plot), Not(HasSubstr(">10</text>")));
  plot.stack_bars = true;
  const std::string text = draw(plot);
  EXPECT_THAT(text, HasSubstr(">10</text>"));
  EXPECT_THAT(text, HasSubstr("functions\ntwo\nusd: 2"));
}

TEST(Svg, PointsCarryLabelsAndReferencesNames) {
  Plot plot{.title = "t", .x = {.title = "cost ($)"}, .y = {.title = "missed (%)"}};
  plot.series.push_back(
      {.name = "paragon", .mark = Mark::points, .points = {{2, 0.5, "paragon", 0.4, 0.6}}});
  plot.references.push_back({.name = "bound", .value = 1.5, .vertical = true});
  const std::string text = draw(plot);
  EXPECT_THAT(text, HasSubstr(">paragon</text>"));
  EXPECT_THAT(text, HasSubstr(">bound</text>"));
  EXPECT_THAT(text, HasSubstr("missed (%): 0.5000 (0.4000 to 0.6000)"));
}

TEST(Svg, WithoutValuesItSaysSo) {
  EXPECT_THAT(draw({.title = "t"}), HasSubstr("nothing recorded"));
  Plot plot = line_plot();
  for (Series& s : plot.series) {
    for (Point& p : s.points) p.y = std::nan("");
  }
  EXPECT_THAT(draw(plot), HasSubstr("nothing recorded"));
}

TEST(Page, TablesAlignAndMarkRows) {
  const std::string text = html({.title = "A & B",
                                 .subtitle = "one line",
                                 .sections = {{.title = "costs",
                                               .paragraphs = {"words"},
                                               .tables = {{.heads = {"scheme", "cost"},
                                                           .rows = {{"a", "$1"}, {"b"}},
                                                           .marked = {1}}}}},
                                 .footer = "made by <x>"});
  EXPECT_THAT(text, HasSubstr("<title>A &amp; B</title>"));
  EXPECT_THAT(text, HasSubstr("<tr><td class=\"left\">a</td><td>$1</td></tr>"));
  EXPECT_THAT(text, HasSubstr("<tr class=\"marked\"><td class=\"left\">b</td><td></td></tr>"));
  EXPECT_THAT(text, HasSubstr("made by &lt;x&gt;"));
}

}  // namespace
}  // namespace paragon::svg
