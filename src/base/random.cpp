#include "base/random.h"

#include <algorithm>
#include <array>
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

// -log(u) for a normal u in (0, 1], to about 1e-15: the exponent, a table over the first bits of
// the mantissa, and a short series for what is left. Several times as fast as the library's, which
// is exact to the last bit and checks for what cannot be here; loads are millions of these.
class NegativeLog {
 public:
  NegativeLog() {
    for (std::size_t i = 0; i < kCells; ++i) {
      const double middle = 1 + (static_cast<double>(i) + 0.5) / kCells;
      cells_[i] = {1 / middle, -std::log(middle)};
    }
  }
  double operator()(double u) const {
    const auto bits = std::bit_cast<std::uint64_t>(u);
    const auto exponent = static_cast<std::int64_t>(bits >> 52) - 1023;
    const Cell& cell = cells_[(bits >> (52 - kBits)) & (kCells - 1)];
    const double mantissa =
        std::bit_cast<double>((bits & ((1ULL << 52) - 1)) | (std::uint64_t{1023} << 52));
    const double f = mantissa * cell.inverse - 1;  // at most 1/256 from zero
    const double series =
        f * (1 - f * (0.5 - f * (1.0 / 3 - f * (0.25 - f * (0.2 - f * (1.0 / 6))))));
    // Next to u = 1 rounding may fall on the wrong side of zero.
    return std::max(0.0,
                    cell.negative_log - series - static_cast<double>(exponent) * std::numbers::ln2);
  }

 private:
  static constexpr int kBits = 7;
  static constexpr std::size_t kCells = 1 << kBits;
  struct Cell {
    double inverse;
    double negative_log;
  };
  std::array<Cell, kCells> cells_;
};
const NegativeLog negative_log;

}  // namespace

Random::Random(std::uint64_t seed) : seed_(seed) {
  std::uint64_t x = seed;
  for (auto& word : state_) word = splitmix(x);
}

Random Random::stream(std::uint64_t name) const {
  std::uint64_t x = seed_ ^ (name * 0xd1342543de82ef95ULL + 0x632be59bd9b4e019ULL);
  return Random(splitmix(x));
}

double Random::exponential(double mean) {
  // In the middle of its 2^-53rd, so never 0.
  return mean * negative_log((static_cast<double>(bits() >> 11) + 0.5) * 0x1.0p-53);
}

void Random::exponentials(std::span<double> out) {
  Random random = *this;  // in registers
  for (double& x : out) x = random.exponential(1);
  *this = random;
}

double Random::normal() {
  // Box and Muller, one of the pair: stateless, so streams stay simple values.
  const double radius = std::sqrt(-2.0 * std::log1p(-uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

double Random::lognormal(double median, double sigma) {
  return median * std::exp(sigma * normal());
}

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
