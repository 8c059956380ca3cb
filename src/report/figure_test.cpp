#include "report/figure.h"

#include <gtest/gtest.h>

#include <sstream>

namespace paragon {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Figure, AStepIsDrawnWhereItHappens) {
  Figure figure{"machines", 0s, 80s, {{"ready", {{0s, 1}, {40s, 2}}}}, 8, 2};
  EXPECT_EQ(draw(figure),
            "machines\n"
            "  2 ┤    ████\n"
            "    │████████\n"
            "  0 ┼────────\n"
            "     0:00 1:20\n");
}

TEST(Figure, TheLightLayerStandsOnTheSolidOne) {
  Figure figure{"machines", 0s, 8s, {{"ready", {{0s, 1}}}, {"booting", {{4s, 1}}}}, 8, 2};
  const auto lines = lines_of(draw(figure));
  EXPECT_EQ(lines[0], "machines   █ ready  ░ booting");
  EXPECT_EQ(lines[1], "  2 ┤    ░░░░");
  EXPECT_EQ(lines[2], "    │████████");
}

TEST(Figure, ColumnsAreTimeWeightedMeans) {
  const std::vector<PlotPoint> samples = {{0s, 2}, {1s, 4}, {3s, 0}};
  EXPECT_DOUBLE_EQ(mean_over(samples, 0s, 4s, 4s), (2 * 1 + 4 * 2 + 0) / 4.0);
  EXPECT_DOUBLE_EQ(mean_over(samples, 500ms, 1500ms, 4s), 3.0);
  EXPECT_DOUBLE_EQ(mean_over(samples, 2s, 2s, 4s), 0.0);
  EXPECT_DOUBLE_EQ(mean_over({{2s, 6}}, 0s, 4s, 4s), 3.0);  // nothing before the first sample
  EXPECT_DOUBLE_EQ(mean_over({{0s, 6}}, 2s, 4s, 3s), 3.0);  // nothing after the end
}

TEST(Figure, EighthsOfALineAreSeen) {
  Figure figure{"rate", 0s, 8s, {{"", {{0s, 1}, {1s, 2}, {2s, 4}, {3s, 8}}}}, 8, 1};
  EXPECT_EQ(lines_of(draw(figure))[1], "  8 ┤▁▂▄█████");
}

TEST(Figure, TheAxisHasAReadableTop) {
  Figure figure{"rate", 0s, 100s, {{"", {{0s, 137}}}}, 20, 4};
  const auto lines = lines_of(draw(figure));
  EXPECT_EQ(lines[1].substr(0, 3), "200");
  EXPECT_EQ(lines[3].substr(0, 3), "100");
}

TEST(Figure, NothingIsSaidToBeNothing) {
  EXPECT_EQ(draw({"rate", 0s, 10s, {{"", {}}}}), "rate\nnothing recorded\n");
  EXPECT_EQ(draw({"rate", 5s, 5s, {{"", {{5s, 1}}}}}), "rate\nnothing recorded\n");
}

TEST(Figure, AFlatZeroIsNotAPeak) {
  Figure figure{"rate", 0s, 8s, {{"", {{0s, 0}, {2s, -3}}}}, 8, 1};
  EXPECT_EQ(lines_of(draw(figure))[1], "  1 ┤");
}

}  // namespace
}  // namespace paragon
