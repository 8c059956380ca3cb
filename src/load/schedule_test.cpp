#include "load/schedule.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "trace/generate.h"

namespace paragon {
namespace {

using namespace std::chrono_literals;

std::vector<Duration> all_of(ArrivalsPtr arrivals) {
  std::vector<Duration> times;
  while (const auto time = arrivals->next()) times.push_back(time->time_since_epoch());
  return times;
}

std::string message_of(const ScheduleSettings& settings) {
  const auto made = make_schedule(settings);
  return made ? "accepted" : made.error().message;
}

class TraceSchedule : public testing::Test {
 protected:
  TraceSchedule()
      : file_((std::filesystem::temp_directory_path() /
               ("paragon_schedule_" + std::to_string(getpid()) + ".csv"))
                  .string()) {
    std::ofstream out(file_);
    out << "second,requests\n";
    for (int i = 0; i < 100; ++i) out << i << "," << (i < 50 ? 10 : 30) << "\n";
  }
  ~TraceSchedule() override { std::filesystem::remove(file_); }
  ScheduleSettings settings() const {
    ScheduleSettings s;
    s.trace = file_;
    return s;
  }
  std::string file_;
};

TEST_F(TraceSchedule, CutsCompressesAndSaysSo) {
  ScheduleSettings s = settings();
  s.from = 40s;
  s.duration = 2s;
  s.compress = 10;
  auto made = make_schedule(s);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->length, Duration(2s));
  EXPECT_EQ(made->source, "trace " + file_ + ", seconds 40 to 60, compressed 10 times");
  const auto times = all_of(std::move(made->arrivals));
  EXPECT_EQ(times.size(), 10U * 10 + 10 * 30);  // every request of the cut
  EXPECT_LT(times.back(), Duration(2s));
  EXPECT_EQ(std::count_if(times.begin(), times.end(), [](Duration t) { return t < 1s; }), 100);
}

TEST_F(TraceSchedule, MeansAreReached) {
  ScheduleSettings s = settings();
  s.mean = per_second(50);
  auto made = make_schedule(s);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->length, Duration(100s));
  EXPECT_NEAR(static_cast<double>(all_of(std::move(made->arrivals)).size()), 5000, 300);
}

TEST_F(TraceSchedule, ADurationBeyondTheEndIsTheEnd) {
  ScheduleSettings s = settings();
  s.from = 90s;
  s.duration = 1h;
  auto made = make_schedule(s);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->length, Duration(10s));
  EXPECT_EQ(all_of(std::move(made->arrivals)).size(), 300U);
}

TEST_F(TraceSchedule, WhatMakesNoSenseIsRefusedByName) {
  ScheduleSettings s = settings();
  s.from = 100s;
  EXPECT_NE(message_of(s).find("is 100 s long"), std::string::npos);
  s = settings();
  s.compress = 0;
  EXPECT_NE(message_of(s).find("compress: got 0"), std::string::npos);
  s = settings();
  s.scale = -1;
  EXPECT_NE(message_of(s).find("scale: got -1"), std::string::npos);
  s = settings();
  s.mean = per_second(0);
  EXPECT_NE(message_of(s).find("mean rate"), std::string::npos);
  s = settings();
  s.rate = per_second(1);
  EXPECT_NE(message_of(s).find("not both"), std::string::npos);
  EXPECT_NE(message_of({}).find("a trace or a rate"), std::string::npos);
}

TEST(RateSchedule, IsARateOverADuration) {
  ScheduleSettings s;
  s.rate = per_second(100);
  EXPECT_NE(message_of(s).find("needs a duration"), std::string::npos);
  s.duration = 10s;
  auto made = make_schedule(s);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_NEAR(static_cast<double>(all_of(std::move(made->arrivals)).size()), 1000, 130);
  s.rate = per_second(0);
  EXPECT_NE(message_of(s).find("rate: got 0"), std::string::npos);
}

TEST(MixSchedule, ClassesComeByWeightAndTheSameForASeed) {
  const auto draw = [](std::uint64_t seed) {
    auto mix = Mix::build({{"often", 3, "t", {}}, {"rare", 1, "t", {}}});
    auto next =
        drawn_from(constant(per_second(4000), 1s, Spacing::poisson, 5), std::move(*mix), seed);
    std::vector<std::size_t> classes;
    while (const auto due = next()) classes.push_back(due->class_index);
    return classes;
  };
  const auto classes = draw(1);
  ASSERT_GT(classes.size(), 3000U);
  const auto often = std::count(classes.begin(), classes.end(), 0U);
  EXPECT_NEAR(static_cast<double>(often) / static_cast<double>(classes.size()), 0.75, 0.03);
  EXPECT_EQ(classes, draw(1));
  EXPECT_NE(classes, draw(2));
}

TEST(MixSchedule, ConstraintsBecomeHeaders) {
  Constraints c;
  c.max_latency = 250ms;
  c.min_accuracy = accuracy(0.9);
  c.max_cost = dollars(0.000001);
  c.query_class = QueryClass::strict;
  c.objective = Objective{1, 0.5, 0};
  c.best_effort = true;
  const http::Headers headers = slo_headers(c);
  EXPECT_EQ(headers.size(), 6U);
  EXPECT_EQ(headers.find("x-paragon-slo-best-effort"), "true");
  EXPECT_EQ(headers.find("x-paragon-slo-latency-ms"), "250");
  EXPECT_EQ(headers.find("x-paragon-slo-min-accuracy"), "0.9");
  EXPECT_EQ(headers.find("x-paragon-slo-max-cost-usd"), "1e-06");
  EXPECT_EQ(headers.find("x-paragon-slo-class"), "strict");
  EXPECT_EQ(headers.find("x-paragon-slo-objective"), "cost=1,latency=0.5,accuracy=0");
  EXPECT_EQ(slo_headers({}).size(), 0U);
}

TEST(MixSchedule, OneLoadTakesOneTask) {
  Constraints c;
  c.max_latency = 1s;
  const auto one = load_classes(*Mix::build({{"a", 1, "t", c}, {"b", 1, "t", {}}}));
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ((*one)[0].deadline, Duration(1s));
  EXPECT_EQ((*one)[1].deadline, std::nullopt);
  const auto two = load_classes(*Mix::build({{"a", 1, "t", {}}, {"b", 1, "u", {}}}));
  ASSERT_FALSE(two);
  EXPECT_NE(two.error().message.find("tasks t and u"), std::string::npos);
}

}  // namespace
}  // namespace paragon
