#include "report/latency.h"

#include <gtest/gtest.h>

namespace paragon {
namespace {

using namespace std::chrono_literals;

// 10 s is inside a bucket that reaches to 10.07 s.
TEST(Latency, IsNotToldOverTheDeadlineWhereSoManyWereOnTime) {
  sim::ClassResult c{.name = "a", .deadline = 10s, .fates = {}, .latency = {}};
  for (int i = 0; i < 995; ++i) c.latency.record(9990ms);
  for (int i = 0; i < 5; ++i) c.latency.record(11s);
  c.fates = {.requests = 1000, .on_time = 995, .late = 5};
  EXPECT_EQ(percentile(c, 50), 10s);
  EXPECT_EQ(percentile(c, 99.5), 10s);
  EXPECT_GE(percentile(c, 99.6), 11s);

  sim::RunResult run;
  run.classes = {c};
  run.latency = c.latency;
  run.all = c.fates;
  EXPECT_EQ(percentile(run, 99), 10s);
  EXPECT_GE(percentile(run, 99.9), 11s);
  run.classes.emplace_back();  // without a deadline
  EXPECT_GT(percentile(run, 99), 10s);
}

}  // namespace
}  // namespace paragon
