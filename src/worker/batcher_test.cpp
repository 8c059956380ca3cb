// The batcher on a timeline: who goes when, and with whom.
#include "worker/batcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/random.h"

namespace paragon {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr VariantId kA{0};
constexpr VariantId kB{1};

class BatcherTest : public testing::Test {
 protected:
  Batcher<int> batcher_{2};

  void push(VariantId variant, int item, Time now, Time deadline = kNever, bool alone = false) {
    batcher_.push(variant, item, deadline, alone, now);
  }
  std::vector<int> take(Time now) {
    std::vector<int> batch;
    VariantId variant;
    batcher_.take(now, variant, batch);
    return batch;
  }
  void batching(int max) { batcher_.set_rule(kA, {max, 4ms, 10ms, 2ms}); }
};

TEST_F(BatcherTest, WithoutBatchingEverythingGoesAtOnceOneByOne) {
  EXPECT_EQ(batcher_.due(), kNever);
  push(kA, 1, at(0ms));
  push(kA, 2, at(0ms));
  EXPECT_LE(batcher_.due(), at(0ms));
  EXPECT_THAT(take(at(0ms)), ElementsAre(1));
  EXPECT_THAT(take(at(0ms)), ElementsAre(2));
  EXPECT_THAT(take(at(0ms)), IsEmpty());
  EXPECT_EQ(batcher_.due(), kNever);
}

TEST_F(BatcherTest, EarliestDeadlineFirstAcrossVariants) {
  push(kA, 1, at(0ms));
  push(kB, 2, at(1ms), at(90ms));
  push(kA, 3, at(2ms), at(50ms));
  push(kB, 4, at(3ms));
  EXPECT_THAT(take(at(3ms)), ElementsAre(3));
  EXPECT_THAT(take(at(3ms)), ElementsAre(2));
  EXPECT_THAT(take(at(3ms)), ElementsAre(1));
  EXPECT_THAT(take(at(3ms)), ElementsAre(4));
}

TEST_F(BatcherTest, AFullBatchLeavesAtOnce) {
  batching(3);
  for (int i = 0; i < 4; ++i) push(kA, i, at(0ms));
  EXPECT_THAT(take(at(0ms)), ElementsAre(0, 1, 2));
  EXPECT_THAT(take(at(0ms)), IsEmpty());
  EXPECT_EQ(batcher_.due(), at(4ms));
}

TEST_F(BatcherTest, TheOldestWaitsNoLongerThanTheRuleSays) {
  batching(3);
  push(kA, 1, at(10ms));
  push(kA, 2, at(13ms));
  EXPECT_EQ(batcher_.due(), at(14ms));
  EXPECT_THAT(take(at(13ms)), IsEmpty());
  EXPECT_THAT(take(at(14ms)), ElementsAre(1, 2));
}

TEST_F(BatcherTest, AnUrgentOneDoesNotWaitForCompany) {
  batching(3);
  // A batch of two takes 12 ms, so with a deadline at 15 ms it must leave at 3 ms.
  push(kA, 1, at(0ms), at(15ms));
  EXPECT_EQ(batcher_.due(), at(3ms));
  EXPECT_THAT(take(at(2ms)), IsEmpty());
  EXPECT_THAT(take(at(3ms)), ElementsAre(1));
}

TEST_F(BatcherTest, CompanyMakesTheUrgentOneLeaveSooner) {
  batching(4);
  push(kA, 1, at(0ms), at(17ms));
  EXPECT_EQ(batcher_.due(), at(4ms));
  push(kA, 2, at(1ms));
  EXPECT_EQ(batcher_.due(), at(3ms));  // three would take 14 ms
  EXPECT_THAT(take(at(3ms)), ElementsAre(1, 2));
}

TEST_F(BatcherTest, WhatIsLateGoesLastButGoes) {
  push(kA, 1, at(0ms), at(5ms));
  push(kB, 2, at(6ms), at(500ms));
  push(kA, 3, at(7ms));
  EXPECT_THAT(take(at(10ms)), ElementsAre(2));
  EXPECT_THAT(take(at(10ms)), ElementsAre(3));
  EXPECT_THAT(take(at(10ms)), ElementsAre(1));
}

TEST_F(BatcherTest, WhatIsLateIsNotPassedOverForEver) {
  push(kA, 1, at(0ms), at(5ms));
  push(kB, 2, at(1ms), at(9s));
  EXPECT_THAT(take(at(1s)), ElementsAre(2));
  push(kB, 3, at(5s), at(9s));
  EXPECT_THAT(take(at(5s)), ElementsAre(1));
  EXPECT_THAT(take(at(5s)), ElementsAre(3));
}

TEST_F(BatcherTest, AQueryOfSeveralPicturesRunsAlone) {
  batching(3);
  push(kA, 1, at(0ms));
  push(kA, 2, at(0ms), kNever, true);
  push(kA, 3, at(0ms));
  EXPECT_THAT(take(at(4ms)), ElementsAre(1));
  EXPECT_THAT(take(at(4ms)), ElementsAre(2));
  EXPECT_THAT(take(at(4ms)), ElementsAre(3));
}

TEST_F(BatcherTest, BatchesDoNotMixVariants) {
  batching(4);
  batcher_.set_rule(kB, {4, 4ms, 10ms, 2ms});
  push(kA, 1, at(0ms));
  push(kB, 2, at(0ms));
  push(kA, 3, at(0ms));
  EXPECT_THAT(take(at(4ms)), ElementsAre(1, 3));
  EXPECT_THAT(take(at(4ms)), ElementsAre(2));
}

// Whatever comes in goes out exactly once, batches keep their bounds, and asking at due() helps.
TEST(BatcherProperty, NothingIsLostOrTakenTwice) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    Batcher<int> batcher(3);
    for (std::uint32_t v = 0; v < 3; ++v) {
      batcher.set_rule(
          {v}, {static_cast<int>(1 + random.below(5)), std::chrono::milliseconds(random.below(8)),
                std::chrono::milliseconds(random.below(20)),
                std::chrono::milliseconds(random.below(20))});
    }
    std::map<int, std::uint32_t> waiting;
    Time now = at(0ms);
    int next = 0;
    std::vector<int> batch;
    VariantId variant;
    for (int step = 0; step < 300 || !waiting.empty(); ++step) {
      ASSERT_LT(step, 5000) << "seed " << seed;
      if (step < 300 && random.chance(0.6)) {
        const auto v = static_cast<std::uint32_t>(random.below(3));
        const Time deadline =
            random.chance(0.5) ? now + std::chrono::milliseconds(random.below(60)) - 10ms : kNever;
        batcher.push({v}, next, deadline, random.chance(0.1), now);
        waiting[next++] = v;
      } else {
        if (random.chance(0.5) && batcher.due() != kNever) now = std::max(now, batcher.due());
        const bool due = batcher.due() <= now;
        batcher.take(now, variant, batch);
        // A wait for company may have ended as a missed deadline; then it is due again at once.
        if (due && batch.empty()) {
          ASSERT_GT(batcher.due(), now) << "seed " << seed;
        }
        ASSERT_LE(batch.size(), static_cast<std::size_t>(batcher.rule(variant).max_batch));
        for (const int item : batch) {
          ASSERT_EQ(waiting.count(item), 1U) << "seed " << seed;
          ASSERT_EQ(waiting[item], variant.value) << "seed " << seed;
          waiting.erase(item);
        }
      }
      ASSERT_EQ(batcher.size(), waiting.size()) << "seed " << seed;
      now += std::chrono::microseconds(random.below(3000));
    }
    EXPECT_EQ(batcher.due(), kNever);
  }
}

}  // namespace
}  // namespace paragon
