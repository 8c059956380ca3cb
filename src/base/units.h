// Quantities other than time: money, prices, rates, shares, memory.
//
// Each is a small value class without implicit conversion, with only the operators that mean
// something: a price times a length of time is money, a count over a length of time is a rate.
// `.value` is for the edges (files, JSON, printing), where the unit is in the name of the field.
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>

#include "base/time.h"

namespace paragon {

// What the additive quantities share. CRTP keeps Dollars and Rate from mixing.
template <class Self, class Value = double>
struct Quantity {
  Value value{};

  friend constexpr Self operator+(Self a, Self b) { return Self{{a.value + b.value}}; }
  friend constexpr Self operator-(Self a, Self b) { return Self{{a.value - b.value}}; }
  friend constexpr Self operator*(Self a, double k) {
    return Self{{static_cast<Value>(static_cast<double>(a.value) * k)}};
  }
  friend constexpr Self operator*(double k, Self a) { return a * k; }
  friend constexpr Self operator/(Self a, double k) { return a * (1.0 / k); }
  friend constexpr double operator/(Self a, Self b) {
    return static_cast<double>(a.value) / static_cast<double>(b.value);
  }
  friend constexpr Self& operator+=(Self& a, Self b) { return a = a + b; }
  friend constexpr Self& operator-=(Self& a, Self b) { return a = a - b; }
  friend constexpr auto operator<=>(Self a, Self b) { return a.value <=> b.value; }
  friend constexpr bool operator==(Self a, Self b) { return a.value == b.value; }
};

// US dollars. Bills are priced from integer usage (brain/meter.h), so rounding never builds up.
struct Dollars : Quantity<Dollars> {};
constexpr Dollars dollars(double usd) { return Dollars{{usd}}; }

// Dollars for an hour of a machine.
struct HourlyPrice : Quantity<HourlyPrice> {};
constexpr HourlyPrice per_hour(double usd) { return HourlyPrice{{usd}}; }
constexpr Dollars operator*(HourlyPrice p, Duration d) {
  constexpr auto kHour = static_cast<double>(Duration(std::chrono::hours(1)).count());
  return dollars(p.value * static_cast<double>(d.count()) / kHour);
}

// The same for a second: for what is priced at every decision, without a division.
struct SecondPrice : Quantity<SecondPrice> {};
constexpr SecondPrice by_second(HourlyPrice p) { return SecondPrice{{p.value / 3600.0}}; }
constexpr Dollars operator*(SecondPrice p, Duration d) {
  return dollars(p.value * (static_cast<double>(d.count()) * 1e-9));
}

// Queries per second.
struct Rate : Quantity<Rate> {};
constexpr Rate per_second(double n) { return Rate{{n}}; }
constexpr double operator*(Rate r, Duration d) { return r.value * seconds(d); }
constexpr Rate rate_of(double count, Duration over) { return per_second(count / seconds(over)); }

// Share of correct answers, 0 to 1 (top-1 unless said otherwise).
struct Accuracy : Quantity<Accuracy> {};
constexpr Accuracy accuracy(double share) { return Accuracy{{share}}; }

// Memory in MB of 2^20 bytes, as clouds sell it (AWS Lambda's "MB", catalog column memory_mb).
struct Memory : Quantity<Memory, std::int64_t> {};
constexpr Memory megabytes(std::int64_t mb) { return Memory{{mb}}; }

// Processor share in units of one virtual CPU.
struct Vcpus : Quantity<Vcpus> {};
constexpr Vcpus vcpus(double n) { return Vcpus{{n}}; }

// What a function is billed for: memory held for a time, as an exact integer of MB-milliseconds.
struct MbMillis : Quantity<MbMillis, std::int64_t> {};

// Dollars for one GB (1024 MB) held for one second by a function.
struct GbSecondPrice : Quantity<GbSecondPrice> {};
constexpr GbSecondPrice per_gb_second(double usd) { return GbSecondPrice{{usd}}; }
constexpr Dollars operator*(GbSecondPrice p, MbMillis u) {
  return dollars(p.value * static_cast<double>(u.value) / (1024.0 * 1000.0));
}

}  // namespace paragon
