#include "base/random.h"

#include <bit>
#include <cmath>
#include <numbers>

namespace paragon {
namespace {

std::uint64_t splitmix(std::uint64_t& x) {
  std::uint64_t z = (x += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

Random::Random(std::uint64_t seed) : seed_(seed) {
  std::uint64_t x = seed;
  for (auto& word : state_) word = splitmix(x);
}

Random Random::stream(std::uint64_t name) const {
  std::uint64_t x = seed_ ^ (name * 0xd1342543de82ef95ULL + 0x632be59bd9b4e019ULL);
  return Random(splitmix(x));
}

std::uint64_t Random::bits() {
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

double Random::uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }

std::uint64_t Random::below(std::uint64_t n) {
  // Lemire's multiply-shift; the bias is under n / 2^64, far below anything measured here.
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(bits()) * n) >> 64);
}

double Random::exponential(double mean) { return -mean * std::log1p(-uniform()); }

double Random::normal() {
  // Box and Muller, one of the pair: stateless, so streams stay simple values.
  const double radius = std::sqrt(-2.0 * std::log1p(-uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

double Random::lognormal(double median, double sigma) { return median * std::exp(sigma * normal()); }

std::uint64_t Random::poisson(double mean) {
  if (mean <= 0) return 0;
  if (mean > 64) {
    // Sum of independent Poissons is Poisson: halve until the product method below is accurate.
    const double half = mean / 2;
    return poisson(half) + poisson(mean - half);
  }
  const double floor = std::exp(-mean);
  std::uint64_t k = 0;
  for (double product = uniform(); product > floor; product *= uniform()) ++k;
  return k;
}

}  // namespace paragon
