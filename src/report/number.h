// Numbers as people read them: the digits that mean something, the unit, never an exponent.
//
// For tables and figures only. What programs read (JSON, metrics) is written elsewhere, in full.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "base/units.h"

namespace paragon {

std::string text_of(Dollars money);  // "$12.30", "$0.0123", "$0.00000123": 3 digits that count
std::string text_of(
    Duration length);  // "740 µs", "12.3 ms", "1.84 s"; a negative one with its sign
std::string count_text(std::uint64_t n);  // "1,234,567"
std::string percent_text(double share);   // 0.9137 -> "91.4 %"
std::string number_text(double n,
                        int digits = 3);  // 3 digits that count: "0.0123", "12.3", "1,234"
std::string clock_text(Duration length);  // "1:05", "12:00:07": minutes and seconds

}  // namespace paragon
