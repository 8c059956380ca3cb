#include "cloud/aws/running_time.h"

#include <gtest/gtest.h>

namespace paragon::aws {
namespace {

using namespace std::chrono_literals;
using State = ec2::InstanceState;

Time at(Duration since_start) { return Time{} + since_start; }

RunningTime launched_at_10s() {
  RunningTime time;
  time.launched(at(10s));
  return time;
}

TEST(RunningTime, CountsFromWhenItWasLastPendingUntilItIsSeenToHaveEnded) {
  RunningTime time = launched_at_10s();
  EXPECT_EQ(time.ran(at(11s)), 0s);
  time.seen(State::pending, at(12s), at(13s));
  EXPECT_EQ(time.ran(at(14s)), 0s) << "pending costs nothing";
  time.seen(State::running, at(14s), at(15s));
  EXPECT_EQ(time.ran(at(20s)), 8s);
  time.seen(State::pending, at(20s), at(21s));  // a list from before
  time.seen(State::shutting_down, at(30s), at(31s));
  time.seen(State::terminated, at(40s), at(41s));
  EXPECT_EQ(time.ran(at(50s)), 19s);
}

TEST(RunningTime, IsShorterWhereItWasToldToEnd) {
  RunningTime time = launched_at_10s();
  time.seen(State::running, at(14s), at(15s));
  time.ended(State::running, at(20s));
  time.ended(State::shutting_down, at(25s));  // told again
  time.seen(State::terminated, at(40s), at(41s));
  EXPECT_EQ(time.ran(at(50s)), 10s);
}

TEST(RunningTime, WhatEndedWhilePendingNeverRan) {
  RunningTime time = launched_at_10s();
  time.seen(State::pending, at(12s), at(13s));
  time.ended(State::pending, at(14s));
  time.seen(State::terminated, at(15s), at(16s));
  EXPECT_EQ(time.ran(at(50s)), 0s);
}

TEST(RunningTime, WhatNobodySawRunningRanOnlyWhereNobodyLookedForLong) {
  RunningTime failed = launched_at_10s();
  failed.seen(State::pending, at(12s), at(13s));
  failed.seen(State::terminated, at(14s), at(15s));
  EXPECT_EQ(failed.ran(at(50s)), 0s);
  RunningTime unseen = launched_at_10s();
  unseen.seen(State::pending, at(12s), at(13s));
  unseen.seen(State::terminated, at(40s), at(41s));
  EXPECT_EQ(unseen.ran(at(50s)), 29s);
  RunningTime found_ended = launched_at_10s();
  found_ended.seen(State::terminated, at(22s), at(23s));
  EXPECT_EQ(found_ended.ran(at(50s)), 13s);
  RunningTime told = launched_at_10s();
  told.seen(State::pending, at(12s), at(13s));
  told.ended(State::running, at(14s));
  EXPECT_EQ(told.ran(at(50s)), 2s);
  RunningTime told_again = launched_at_10s();  // the answer to the first time was lost
  told_again.seen(State::pending, at(12s), at(13s));
  told_again.ended(State::shutting_down, at(14s));
  told_again.seen(State::terminated, at(15s), at(16s));
  EXPECT_EQ(told_again.ran(at(50s)), 0s);
}

TEST(RunningTime, AnInstanceThatWasStoppedIsNotBilled) {
  RunningTime time = launched_at_10s();
  time.seen(State::running, at(14s), at(15s));
  time.seen(State::stopping, at(30s), at(31s));
  time.seen(State::unknown, at(32s), at(33s));
  EXPECT_EQ(time.ran(at(50s)), 21s);
}

}  // namespace
}  // namespace paragon::aws
