#include "report/number.h"

#include <gtest/gtest.h>

#include <limits>

namespace paragon {
namespace {

using namespace std::chrono_literals;

TEST(Number, MoneyKeepsTheDigitsThatCount) {
  EXPECT_EQ(text_of(dollars(0)), "$0");
  EXPECT_EQ(text_of(dollars(1234.5)), "$1,234.50");
  EXPECT_EQ(text_of(dollars(12.3)), "$12.30");
  EXPECT_EQ(text_of(dollars(0.0123)), "$0.0123");
  EXPECT_EQ(text_of(dollars(0.00000123)), "$0.00000123");
  EXPECT_EQ(text_of(dollars(-0.5)), "-$0.500");
}

TEST(Number, LengthsOfTimeChooseTheirUnit) {
  EXPECT_EQ(text_of(Duration(740us)), "740 µs");
  EXPECT_EQ(text_of(Duration(12300us)), "12.3 ms");
  EXPECT_EQ(text_of(Duration(1840ms)), "1.84 s");
  EXPECT_EQ(text_of(Duration(0)), "0 µs");
  EXPECT_EQ(text_of(Duration(-1500us)), "-1.50 ms");
}

TEST(Number, TheUnitChangesBeforeFourDigitsAppear) {
  EXPECT_EQ(text_of(Duration(999'400ns)), "999 µs");
  EXPECT_EQ(text_of(Duration(999'600ns)), "1.00 ms");
  EXPECT_EQ(text_of(Duration(999'600us)), "1.00 s");
}

TEST(Number, CountsCarryCommas) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1000), "1,000");
  EXPECT_EQ(count_text(1234567), "1,234,567");
}

TEST(Number, PlainNumbersHaveNoExponent) {
  EXPECT_EQ(number_text(0), "0");
  EXPECT_EQ(number_text(0.0123), "0.0123");
  EXPECT_EQ(number_text(12.34), "12.3");
  EXPECT_EQ(number_text(123456.7), "123,457");
  EXPECT_EQ(number_text(-2.5), "-2.50");
  EXPECT_EQ(number_text(std::numeric_limits<double>::infinity()), "∞");
}

TEST(Number, SharesAndClocks) {
  EXPECT_EQ(percent_text(0.9137), "91.4 %");
  EXPECT_EQ(percent_text(1), "100.0 %");
  EXPECT_EQ(clock_text(65s), "1:05");
  EXPECT_EQ(clock_text(43207s), "12:00:07");
}

}  // namespace
}  // namespace paragon
