#include "cloud/aws/retry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace paragon::aws {
namespace {

const Fault kThrottled{503, "RequestLimitExceeded", "", ""};
const Fault kDenied{403, "UnauthorizedOperation", "", ""};
const Fault kNoCapacity{500, "InsufficientInstanceCapacity", "", ""};

std::vector<Duration> waits(std::uint64_t seed, const RetrySettings& settings = {}) {
  Retry retry(settings, Random(seed));
  std::vector<Duration> out;
  while (const auto wait = retry.after(kThrottled)) out.push_back(*wait);
  return out;
}

// Each wait is spread evenly from nothing to a bound that doubles up to the cap.
TEST(Retry, BacksOffWithFullJitter) {
  RetrySettings settings;
  settings.attempts_max = 10;
  settings.first_wait = std::chrono::milliseconds(100);
  settings.wait_max = std::chrono::milliseconds(1000);
  std::vector<double> sums(9, 0);
  constexpr int kRuns = 4000;
  for (int seed = 0; seed < kRuns; ++seed) {
    const auto all = waits(static_cast<std::uint64_t>(seed), settings);
    ASSERT_EQ(all.size(), 9u);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const double bound = std::min(100.0 * static_cast<double>(1u << i), 1000.0);
      const double ms = paragon::milliseconds(all[i]);
      EXPECT_GE(ms, 0);
      EXPECT_LE(ms, bound);
      sums[i] += ms / bound;
    }
  }
  // A uniform mean of 4000 has a deviation of 0.0046.
  for (const double sum : sums) EXPECT_NEAR(sum / kRuns, 0.5, 0.025);
}

TEST(Retry, TheSameStreamGivesTheSameWaits) {
  EXPECT_EQ(waits(7), waits(7));
  EXPECT_NE(waits(7), waits(8));
  EXPECT_EQ(waits(7).size(), 4u);
}

TEST(Retry, WhatWillNotChangeIsNotRepeated) {
  Retry retry({}, Random(1));
  EXPECT_FALSE(retry.after(kDenied));
  EXPECT_FALSE(retry.after(kNoCapacity));
  EXPECT_EQ(retry.attempts(), 1);
}

TEST(Retry, ALostAnswerIsRepeatedOnlyWhereThatIsSafe) {
  Retry retry({}, Random(1));
  EXPECT_TRUE(retry.after(Error{ErrorCode::timeout, ""}, true));
  EXPECT_FALSE(retry.after(Error{ErrorCode::unavailable, ""}, false));
  EXPECT_FALSE(retry.after(Error{ErrorCode::invalid, ""}, true));
  EXPECT_EQ(retry.attempts(), 2);
}

TEST(Retry, WaitsAtLeastAsLongAsAsked) {
  Retry retry({}, Random(1));
  EXPECT_EQ(retry.after(kThrottled, std::chrono::seconds(30)), std::chrono::seconds(30));
  EXPECT_EQ(retry.after(kThrottled, std::chrono::hours(5)), std::chrono::minutes(2));
}

TEST(Retry, ReadsWhatTheServiceAsks) {
  const auto asked = [](const char* name, const char* value) {
    http::Headers headers;
    headers.add(name, value);
    return retry_after(headers);
  };
  EXPECT_EQ(asked("Retry-After", "3"), std::chrono::seconds(3));
  EXPECT_EQ(asked("x-amz-retry-after", "1500"), std::chrono::milliseconds(1500));
  EXPECT_FALSE(asked("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"));
  EXPECT_FALSE(asked("Retry-After", "-1"));
  EXPECT_FALSE(asked("Retry-After", "99999999999999999999999"));
  EXPECT_TRUE(asked("Retry-After", "9999999999999"));
  EXPECT_FALSE(retry_after({}));
}

}  // namespace
}  // namespace paragon::aws
