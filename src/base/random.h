// Random streams: reproducible on every platform and standard library.
//
// The engine is xoshiro256++ (Blackman and Vigna, 2019), seeded through splitmix64. The
// distributions are our own arithmetic because the standard library leaves theirs to the vendor,
// and the same seed must give the same bytes everywhere. Not for secrets.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

#include "base/time.h"

namespace paragon {

class Random {
 public:
  explicit Random(std::uint64_t seed);

  // An independent stream of the same seed, named by a number: one for arrivals, one for faults.
  Random stream(std::uint64_t name) const;

  std::uint64_t bits() {
    auto& s = state_;
    const std::uint64_t out = std::rotl(s[0] + s[3], 23) + s[0];
    const std::uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = std::rotl(s[3], 45);
    return out;
  }
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }  // [0, 1)
  std::uint64_t below(std::uint64_t n) {                                      // [0, n), n >= 1
    // Lemire's multiply-shift; the bias is under n / 2^64, far below anything measured here.
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(bits()) * n) >> 64);
  }
  double exponential(double mean);                // mean > 0
  void exponentials(std::span<double> out);       // as many, of mean 1: the same as one by one
  double normal();                                // mean 0, deviation 1
  double lognormal(double median, double sigma);  // median > 0, sigma >= 0 of the logarithm
  std::uint64_t poisson(double mean);             // mean >= 0
  bool chance(double probability) { return uniform() < probability; }

 private:
  std::uint64_t state_[4];
  std::uint64_t seed_;
};

}  // namespace paragon
