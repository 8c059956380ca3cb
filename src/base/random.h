// Random streams: reproducible on every platform and standard library.
//
// The engine is xoshiro256++ (Blackman and Vigna, 2019), seeded through splitmix64. The
// distributions are our own arithmetic because the standard library leaves theirs to the vendor,
// and the same seed must give the same bytes everywhere. Not for secrets.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace paragon {

class Random {
 public:
  explicit Random(std::uint64_t seed);

  // An independent stream of the same seed, named by a number: one for arrivals, one for faults.
  Random stream(std::uint64_t name) const;

  std::uint64_t bits();
  double uniform();                                   // [0, 1)
  std::uint64_t below(std::uint64_t n);               // [0, n), n >= 1
  double exponential(double mean);                    // mean > 0
  double normal();                                    // mean 0, deviation 1
  double lognormal(double median, double sigma);      // median > 0, sigma >= 0 of the logarithm
  std::uint64_t poisson(double mean);                 // mean >= 0
  bool chance(double probability) { return uniform() < probability; }

 private:
  std::uint64_t state_[4];
  std::uint64_t seed_;
};

}  // namespace paragon
