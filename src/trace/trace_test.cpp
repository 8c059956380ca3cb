// Reading, shaping and generating arrivals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/temporary_folder.h"
#include "trace/generate.h"
#include "trace/replay.h"
#include "trace/trace_file.h"

namespace paragon {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

class Trace : public testing::Test {
 protected:
  std::string write(const std::string& text) {
    std::ofstream(dir_ / "t.csv", std::ios::binary) << text;
    return (dir_ / "t.csv").string();
  }
  std::string write_gzip(const std::string& text, const char* mode = "wb") {
    const std::string file = (dir_ / "t.csv.gz").string();
    gzFile out = gzopen(file.c_str(), mode);
    gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
    gzclose(out);
    return file;
  }
  std::string complaint(const std::string& text) {
    const auto summary = summarise(write(text));
    return summary ? "none" : summary.error().message;
  }

  TemporaryFolder folder_;
  const fs::path dir_ = folder_.path();
};

std::vector<Time> all(Arrivals& arrivals, std::size_t most = 10'000'000) {
  std::vector<Time> out;
  while (out.size() < most) {
    const auto next = arrivals.next();
    if (!next) break;
    out.push_back(*next);
  }
  EXPECT_TRUE(std::ranges::is_sorted(out));
  return out;
}

std::vector<Time> all(const std::string& file, const Shape& shape = {}) {
  auto arrivals = replay_trace(file, shape);
  if (!arrivals) {
    ADD_FAILURE() << arrivals.error().message;
    return {};
  }
  return all(**arrivals);
}

std::int64_t within(const std::vector<Time>& times, Duration from, Duration to) {
  return std::ranges::count_if(times, [&](Time t) { return t >= at(from) && t < at(to); });
}

TEST_F(Trace, SummarisesCounts) {
  const auto s = summarise(write("# from somewhere\nsecond,requests\n0,4\n1,0\n2,9\r\n"));
  ASSERT_TRUE(s) << s.error().message;
  EXPECT_EQ(s->unit, 1s);
  EXPECT_EQ(s->rows, 3u);
  EXPECT_EQ(s->requests, 13u);
  EXPECT_EQ(s->length, 3s);
  EXPECT_EQ(s->peak_per_unit, 9u);
  EXPECT_EQ(s->median_per_unit, 4u);
  EXPECT_EQ(summarise(write("minute,requests\n7,1\n8,1"))->length, 2min);
  EXPECT_EQ(summarise(write("hour,requests\n0,1\n"))->length, 1h);
}

TEST_F(Trace, UnitsKeepExactlyTheirRequests) {
  const std::string file = write("second,requests\n0,4\n1,0\n2,900\n3,1\n");
  for (const Spacing spacing : {Spacing::poisson, Spacing::even}) {
    Shape shape;
    shape.spacing = spacing;
    const auto times = all(file, shape);
    EXPECT_EQ(within(times, 0s, 1s), 4);
    EXPECT_EQ(within(times, 1s, 2s), 0);
    EXPECT_EQ(within(times, 2s, 3s), 900);
    EXPECT_EQ(within(times, 3s, 4s), 1);
    EXPECT_EQ(times.size(), 905u);
  }
}

TEST_F(Trace, EvenArrivalsLieTheSameDistanceApart) {
  Shape shape;
  shape.spacing = Spacing::even;
  EXPECT_EQ(all(write("second,requests\n0,4\n"), shape),
            (std::vector<Time>{at(125ms), at(375ms), at(625ms), at(875ms)}));
}

TEST_F(Trace, PoissonArrivalsAreUniformInsideAUnit) {
  const auto times = all(write("minute,requests\n0,60000\n"));
  ASSERT_EQ(times.size(), 60000u);
  // Counts in 60 cells of 1,000 each: chi-squared with 59 degrees of freedom, 0.01 % tails.
  double chi2 = 0;
  for (int s = 0; s < 60; ++s) {
    const double off = static_cast<double>(within(times, s * 1s, (s + 1) * 1s)) - 1000;
    chi2 += off * off / 1000;
  }
  EXPECT_GT(chi2, 22);
  EXPECT_LT(chi2, 110);
}

TEST_F(Trace, TheSeedDecides) {
  const std::string file = write("second,requests\n0,50\n1,60\n");
  Shape other;
  other.seed = 2;
  EXPECT_EQ(all(file), all(file));
  EXPECT_NE(all(file), all(file, other));
}

TEST_F(Trace, CutsInsideUnitsToo) {
  const std::string file = write("minute,requests\n0,600\n1,600\n2,600\n");
  Shape shape;
  shape.from = 30s;
  shape.to = 90s;
  shape.spacing = Spacing::even;
  const auto times = all(file, shape);
  EXPECT_EQ(times.size(), 600u);
  EXPECT_GE(times.front(), at(0s));
  EXPECT_LT(times.back(), at(60s));
  // The cut leaves what is inside as it was.
  shape.spacing = Spacing::poisson;
  std::vector<Time> whole = all(file), shifted;
  for (const Time t : whole)
    if (t >= at(30s) && t < at(90s)) shifted.push_back(t - 30s);
  EXPECT_EQ(all(file, shape), shifted);
}

TEST_F(Trace, ScalesCompressesAndRepeats) {
  const std::string file = write("second,requests\n0,100\n1,300\n");
  Shape shape;
  shape.spacing = Spacing::even;
  shape.scale = 0.125;
  EXPECT_EQ(all(file, shape).size(), 50u);
  shape.scale = 2.5;
  shape.compress = 4;
  shape.repeat = 3;
  const auto times = all(file, shape);
  EXPECT_EQ(times.size(), 3000u);
  EXPECT_EQ(within(times, 0ms, 250ms), 250);
  EXPECT_EQ(within(times, 1000ms, 1250ms), 250);
  EXPECT_LT(times.back(), at(1500ms));

  shape.spacing = Spacing::poisson;
  // The sum of Poissons: mean 3,000, deviation 55.
  EXPECT_NEAR(static_cast<double>(all(file, shape).size()), 3000, 5 * 55);
  shape.repeat = 0;
  auto forever = replay_trace(file, shape);
  ASSERT_TRUE(forever);
  EXPECT_EQ(all(**forever, 100'000).size(), 100'000u);
}

TEST_F(Trace, ScalesToAMeanRate) {
  Shape shape;
  shape.spacing = Spacing::even;
  shape.compress = 10;
  shape.mean = per_second(30);
  EXPECT_EQ(all(write("minute,requests\n0,10\n1,20\n"), shape).size(), 360u);
}

TEST_F(Trace, ReplaysTimestampsAsTheyAre) {
  const std::string file = write(
      "timestamp,tokens\n2023-11-16 18:15:46.680590,374\n2023-11-16 18:15:47,1\n"
      "2023-11-17T00:00:00Z,1\n");
  EXPECT_EQ(all(file), (std::vector<Time>{at(0s), at(319410us), at(5h + 44min + 13s + 319410us)}));
  EXPECT_EQ(all(write("time_s\n1692000000.123456789\n1692000000.2\n")),
            (std::vector<Time>{at(0s), at(76543211ns)}));
  EXPECT_EQ(all(write("time_s\n1e3\n1.5e3\n169200000000.5e-7\n")),
            (std::vector<Time>{at(0s), at(500s), at(15920s + 50ns)}));
  Shape shape;
  shape.scale = 3;
  const auto times = all(write("time_s\n0\n1\n2\n"), shape);
  EXPECT_EQ(times.size(), 9u);
  EXPECT_EQ(within(times, 0s, 1s), 3);
  EXPECT_EQ(within(times, 1s, 2s), 3);
}

TEST_F(Trace, ReadsGzip) {
  const std::string text = "second,requests\n0,3\n1,4\n";
  EXPECT_EQ(all(write_gzip(text)), all(write(text)));
}

TEST_F(Trace, RefusesDamagedGzip) {
  std::string text = "second,requests\n";
  for (int i = 0; i < 20000; ++i)
    text += std::to_string(i) + "," + std::to_string(i * 7 % 13) + "\n";
  const std::string file = write_gzip(text);
  fs::resize_file(file, fs::file_size(file) / 2);
  EXPECT_THAT(summarise(file).error().message, HasSubstr("ends too early"));
  std::fstream damage(write_gzip(text), std::ios::in | std::ios::out | std::ios::binary);
  damage.seekp(500);
  damage << std::string(200, 'x');
  damage.close();
  EXPECT_FALSE(summarise(file));
}

TEST_F(Trace, NamesTheLineAndWhatWasExpected) {
  const std::string head = "second,requests\n0,1\n";
  EXPECT_THAT(complaint(head + "2,1\n"), HasSubstr("t.csv:3: second: got 2, expected 1 (no gaps"));
  EXPECT_THAT(complaint(head + "0,1\n"), HasSubstr("t.csv:3: second: got 0, expected 1"));
  EXPECT_THAT(complaint(head + "1,-4\n"), HasSubstr("t.csv:3: requests: got '-4'"));
  EXPECT_THAT(complaint(head + "1,1.5\n"), HasSubstr("t.csv:3: requests: got '1.5'"));
  EXPECT_THAT(complaint(head + "1,99999999999999999999\n"), HasSubstr("t.csv:3: requests: got"));
  EXPECT_THAT(complaint(head + "1,1000000000001\n"), HasSubstr("t.csv:3: requests: got"));
  EXPECT_THAT(complaint(head + "x,1\n"), HasSubstr("t.csv:3: second: got 'x'"));
  EXPECT_THAT(complaint(head + "1,1,1\n"), HasSubstr("t.csv:3: got '1,1,1', expected two columns"));
  EXPECT_THAT(complaint(head + "1\n"), HasSubstr("t.csv:3: got '1', expected two columns"));
  EXPECT_THAT(complaint("hour,requests\n99999999999999,1\n"), HasSubstr("at most 100 years"));
  EXPECT_THAT(complaint("second,queries\n0,1\n"),
              HasSubstr("t.csv:1: header: got 'second,queries', "
                        "expected 'second,requests'"));
  EXPECT_THAT(complaint("fortnight,requests\n0,1\n"), HasSubstr("t.csv:1: header: got"));
  EXPECT_THAT(complaint("time_s\n2\n1\n"),
              HasSubstr("t.csv:3: timestamp: got '1', which is before"));
  EXPECT_THAT(complaint("time_s\n-1\n"), HasSubstr("t.csv:2: timestamp: got '-1'"));
  EXPECT_THAT(complaint("timestamp\n2023-13-01 00:00:00\n"), HasSubstr("t.csv:2: timestamp: got"));
  EXPECT_THAT(complaint("time_s\n1e300\n"), HasSubstr("t.csv:2: timestamp: got"));
  EXPECT_THAT(complaint(""), HasSubstr("t.csv: is empty"));
  EXPECT_THAT(complaint("second,requests\n"), HasSubstr("holds no rows"));
  EXPECT_THAT(complaint("second,requests\n0,0\n"), HasSubstr("holds no requests"));
  EXPECT_THAT(complaint(std::string("\x7f"
                                    "ELF\0\0\0",
                                    7)),
              HasSubstr("t.csv:1: not a text file"));
  EXPECT_THAT(complaint(std::string(100'000, 'x')), HasSubstr("t.csv:1: longer than 4096 bytes"));
  EXPECT_THAT(summarise((dir_ / "none").string()).error().message, HasSubstr("cannot be read"));
  EXPECT_THAT(summarise(dir_.string()).error().message, HasSubstr("is a folder"));
}

TEST_F(Trace, RefusesImpossibleShapes) {
  const std::string file = write("second,requests\n0,1\n1,0\n2,1\n");
  const auto refusal = [&](auto change) {
    Shape shape;
    change(shape);
    const auto made = replay_trace(file, shape);
    return made ? "none" : made.error().message;
  };
  EXPECT_THAT(refusal([](Shape& s) { s.scale = 0; }), HasSubstr("scale: got 0"));
  EXPECT_THAT(refusal([](Shape& s) { s.scale = std::nan(""); }), HasSubstr("scale: got nan"));
  EXPECT_THAT(refusal([](Shape& s) { s.compress = -1; }), HasSubstr("compress: got -1"));
  EXPECT_THAT(refusal([](Shape& s) { s.from = 3s; }), HasSubstr("from: got 3 s"));
  EXPECT_THAT(refusal([](Shape& s) { s.to = 0s; }), HasSubstr("to: got 0 s"));
  EXPECT_THAT(refusal([](Shape& s) { s.repeat = -1; }), HasSubstr("repeat: got -1"));
  EXPECT_THAT(refusal([](Shape& s) { s.mean = per_second(0); }), HasSubstr("mean: got 0"));
  EXPECT_THAT(refusal([](Shape& s) { s.from = 1s, s.to = 2s; }),
              HasSubstr("holds no requests from 1 s to 2 s"));
}

TEST(Generate, ConstantRates) {
  const auto even = all(*constant(per_second(4), 1s, Spacing::even, 1));
  EXPECT_EQ(even, (std::vector<Time>{at(125ms), at(375ms), at(625ms), at(875ms)}));
  const auto poisson = all(*constant(per_second(1000), 20s, Spacing::poisson, 7));
  EXPECT_NEAR(static_cast<double>(poisson.size()), 20000, 5 * std::sqrt(20000));
  EXPECT_TRUE(all(*constant(per_second(0), 1h, Spacing::poisson, 1)).empty());
}

TEST(Generate, ACrowdComesAndGoes) {
  Crowd c;
  c.at = at(10s);
  c.rise = 4s, c.hold = 10s, c.fall = 2s;
  c.peak = per_second(500);
  EXPECT_EQ(c.rate(at(9s)), per_second(0));
  EXPECT_EQ(c.rate(at(12s)), per_second(250));
  EXPECT_EQ(c.rate(at(20s)), per_second(500));
  EXPECT_EQ(c.rate(at(25s)), per_second(250));
  EXPECT_EQ(c.rate(at(26s)), per_second(0));
  const auto times = all(*crowd(c, 3));
  EXPECT_NEAR(static_cast<double>(within(times, 10s, 14s)), 1000, 160);
  EXPECT_NEAR(static_cast<double>(within(times, 14s, 24s)), 5000, 350);
  EXPECT_EQ(within(times, 0s, 10s) + within(times, 26s, 1h), 0);
}

TEST(Generate, MergesInOrderAndEndsInTime) {
  auto merged = until(merge(constant(per_second(10), 5s, Spacing::even, 1),
                            constant(per_second(7), 9s, Spacing::poisson, 2)),
                      at(2s));
  const auto times = all(*merged);
  EXPECT_EQ(merged->next(), std::nullopt);
  EXPECT_GE(times.size(), 20u);
  EXPECT_LT(times.back(), at(2s));
}

TEST(ShippedTraces, TheDayHasItsHours) {
  const std::string file = std::string(PARAGON_SOURCE_DIR) + "/data/traces/day.csv";
  const auto summary = summarise(file);
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->rows, 24u);
  EXPECT_EQ(summary->length, 24h);
  EXPECT_NEAR(
      static_cast<double>(summary->peak_per_unit) / static_cast<double>(summary->median_per_unit),
      1.2, 0.2);
  Shape shape;  // a day in two minutes
  shape.compress = 720;
  shape.mean = per_second(50);
  const auto times = all(file, shape);
  EXPECT_NEAR(static_cast<double>(times.size()), 6000, 5 * std::sqrt(6000));
  EXPECT_LT(times.back(), at(2min));
}

}  // namespace
}  // namespace paragon
