// Random streams, histogram and heap against what the standard library says.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <set>

#include "base/ascending_runs.h"
#include "base/decimal.h"
#include "base/heap.h"
#include "base/histogram.h"
#include "base/random.h"
#include "base/result.h"
#include "base/units.h"

namespace paragon {
namespace {

using namespace std::chrono_literals;

TEST(RandomTest, TheSameSeedGivesTheSameBytesForEver) {
  Random random(42);
  // Fixed: a journal or a simulation of last year must still repeat.
  EXPECT_EQ(random.bits(), 15021278609987233951ULL);
  EXPECT_EQ(random.bits(), 5881210131331364753ULL);
  EXPECT_NE(Random(42).stream(1).bits(), Random(42).stream(2).bits());
}

TEST(RandomTest, DistributionsHaveTheirMoments) {
  Random random(7);
  constexpr int kDraws = 200'000;
  double exponential = 0;
  double normal = 0;
  double square = 0;
  double small = 0;
  double large = 0;
  int below_median = 0;
  for (int i = 0; i < kDraws; ++i) {
    exponential += random.exponential(3);
    const double x = random.normal();
    normal += x;
    square += x * x;
    small += static_cast<double>(random.poisson(0.7));
    if (i % 100 == 0) large += static_cast<double>(random.poisson(1000));
    below_median += random.lognormal(5, 1) < 5 ? 1 : 0;
  }
  EXPECT_NEAR(exponential / kDraws, 3, 0.03);
  EXPECT_NEAR(normal / kDraws, 0, 0.01);
  EXPECT_NEAR(square / kDraws, 1, 0.02);
  EXPECT_NEAR(small / kDraws, 0.7, 0.01);
  EXPECT_NEAR(large * 100 / kDraws, 1000, 4);
  EXPECT_NEAR(below_median / static_cast<double>(kDraws), 0.5, 0.01);
}

TEST(HistogramTest, PercentilesAreWithinABucketOfTheTruth) {
  Random random(3);
  Histogram histogram;
  std::vector<std::int64_t> truth;
  for (int i = 0; i < 50'000; ++i) {
    const auto ns = static_cast<std::int64_t>(random.lognormal(1e6, 2));
    histogram.record(Duration(ns));
    truth.push_back(ns);
  }
  std::sort(truth.begin(), truth.end());
  for (const double p : {1.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(p / 100 * 50'000)) - 1;
    const auto exact = static_cast<double>(truth[rank]);
    const auto read = static_cast<double>(histogram.percentile(p).count());
    EXPECT_GE(read, exact) << "never flatters, p" << p;
    EXPECT_LE(read, exact * 1.016 + 1) << "p" << p;
  }
  EXPECT_EQ(histogram.max().count(), truth.back());
}

TEST(HistogramTest, ExtremesAndSums) {
  Histogram a;
  EXPECT_EQ(a.percentile(99), 0ns);
  a.record(-5ns);
  a.record(Duration::max());
  Histogram b;
  b.record(10ns);
  a.add(b);
  EXPECT_EQ(a.count(), 3U);
  EXPECT_EQ(a.percentile(50), 10ns);
  EXPECT_EQ(a.percentile(100), Duration::max());
}

// Members come and go at random; `step` says by how much the keys grow on average from one to the
// next, beside what is random in them: 0 is no order at all.
template <class Queue>
void expect_agreement_with_an_ordered_set(std::uint64_t step) {
  Random random(11);
  Queue queue;
  std::set<std::pair<std::uint64_t, std::uint32_t>> truth;
  std::vector<std::uint64_t> key_of(500, 0);
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const auto slot = static_cast<std::uint32_t>(random.below(500));
    if (!queue.contains(slot)) {
      // Unique, so both agree on ties.
      key_of[slot] = ((i * step + random.below(1000)) << 32) | slot;
      queue.push(slot, key_of[slot]);
      truth.insert({key_of[slot], slot});
    } else if (random.chance(0.5)) {
      queue.erase(slot);
      truth.erase({key_of[slot], slot});
    }
    ASSERT_EQ(queue.size(), truth.size());
    ASSERT_EQ(queue.empty(), truth.empty());
    if (!truth.empty()) {
      ASSERT_EQ(queue.top(), truth.begin()->second);
      ASSERT_EQ(queue.top_key(), truth.begin()->first);
      if (random.chance(0.3)) {
        queue.pop();
        truth.erase(truth.begin());
      }
    }
  }
}

TEST(HeapTest, AgreesWithAnOrderedSetUnderRandomUse) {
  expect_agreement_with_an_ordered_set<IndexedHeap<std::uint64_t>>(0);
}

TEST(AscendingRunsTest, AgreesWithAnOrderedSetUnderRandomUse) {
  for (const std::uint64_t step : {0, 1, 30, 300, 1000}) {
    SCOPED_TRACE(step);
    expect_agreement_with_an_ordered_set<AscendingRuns<std::uint64_t>>(step);
  }
}

TEST(UnitsTest, OnlyWhatMeansSomething) {
  EXPECT_DOUBLE_EQ((per_hour(0.36) * 10s).value, 0.001);
  EXPECT_DOUBLE_EQ((per_second(5) * 2s), 10);
  EXPECT_DOUBLE_EQ((per_gb_second(0.0000166667) * MbMillis{{1024 * 1000}}).value, 0.0000166667);
  EXPECT_DOUBLE_EQ(rate_of(30, 1min).value, 0.5);
  EXPECT_EQ(from_milliseconds(1.5), 1500us);
}

TEST(DecimalTest, FewestDigitsThatReadBackTheSame) {
  EXPECT_EQ(decimal_text(0), "0");
  EXPECT_EQ(decimal_text(90), "90");
  EXPECT_EQ(decimal_text(0.1), "0.1");
  EXPECT_EQ(decimal_text(-0.085), "-0.085");
  EXPECT_EQ(decimal_text(0.0000166667), "0.0000166667");
  EXPECT_EQ(decimal_text(2e-7), "0.0000002");
  EXPECT_EQ(decimal_text(6291456), "6291456");
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    const double any = random.uniform() * std::pow(10, 60 * random.uniform() - 30);
    EXPECT_EQ(std::strtod(decimal_text(any).c_str(), nullptr), any);
  }
  EXPECT_EQ(decimal_text(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(decimal_text(std::numeric_limits<double>::denorm_min()), "5e-324");
}

TEST(ResultTest, CarriesEitherAValueOrAnError) {
  const Result<int> good = 3;
  const Result<int> bad(ErrorCode::not_found, "no such thing");
  EXPECT_EQ(*good, 3);
  EXPECT_EQ(bad.error().code, ErrorCode::not_found);
  EXPECT_DEATH((void)bad.value(), "no such thing");
}

}  // namespace
}  // namespace paragon
