#include "plan/front.h"

#include <gtest/gtest.h>

namespace paragon::plan {
namespace {

using namespace std::chrono_literals;

TEST(Front, KeepsWhatIsBestInSomething) {
  const std::vector<Worth> ways = {
      {dollars(1), 10ms, accuracy(0.5)},  // cheapest
      {dollars(2), 10ms, accuracy(0.7)},  // more accurate for more money
      {dollars(3), 12ms, accuracy(0.7)},  // beaten by the one before in two of three
      {dollars(3), 5ms, accuracy(0.4)},   // fastest
      {dollars(2), 10ms, accuracy(0.7)},  // the same as another: both stay
  };
  EXPECT_EQ(not_beaten(ways), (std::vector<bool>{true, true, false, true, true}));
  EXPECT_TRUE(not_beaten({}).empty());
}

}  // namespace
}  // namespace paragon::plan
