#include "sim/service_times.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "sim/testing.h"

namespace paragon::sim {
namespace {

using namespace testing;

TEST(ServiceTimes, NormalQuantilesAreTheTabulatedOnes) {
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-15);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-13);
  EXPECT_NEAR(normal_quantile(0.99), 2.3263478740408408, 1e-13);
  EXPECT_NEAR(normal_quantile(1e-9), -5.997807015007686, 1e-9);
  EXPECT_NEAR(normal_quantile(0.01), -2.3263478740408408, 1e-13);
}

TEST(ServiceTimes, AreLognormalWithTheProfilesPercentiles) {
  World world;
  world.add("wide", 0.99, 10ms, 2.5);
  const Catalog catalog = Catalog::build(world.parts).value();
  const ServiceTimes times(catalog);
  const VariantId wide{3};
  Random random(7);
  std::vector<double> drawn(400'000);
  double log_sum = 0;
  double log_squares = 0;
  for (double& x : drawn) {
    x = milliseconds(times.draw(wide, 10ms, static_cast<std::uint32_t>(random.bits() >> 32)));
    log_sum += std::log(x / 10);
    log_squares += std::log(x / 10) * std::log(x / 10);
  }
  const auto n = static_cast<double>(drawn.size());
  const double sigma = std::log(2.5) / 2.3263478740408408;
  EXPECT_NEAR(log_sum / n, 0, 0.003);
  EXPECT_NEAR(std::sqrt(log_squares / n), sigma, 0.003);
  std::sort(drawn.begin(), drawn.end());
  const auto percentile = [&](double p) { return drawn[static_cast<std::size_t>(p * n)]; };
  EXPECT_NEAR(percentile(0.5), 10, 0.05);
  EXPECT_NEAR(percentile(0.99), 25, 0.4);
  EXPECT_NEAR(percentile(0.999), 10 * std::exp(3.0902 * sigma), 1.0);
}

TEST(ServiceTimes, TheTableIsCloseToTheFormulaEverywhere) {
  World world;
  world.add("wide", 0.99, 10ms, 2.5);
  const Catalog catalog = Catalog::build(world.parts).value();
  const ServiceTimes times(catalog);
  const double sigma = std::log(2.5) / 2.3263478740408408;
  for (std::uint64_t q = 1; q < (1ULL << 32); q += 104'729 * 7) {
    const double p = (static_cast<double>(q) + 0.5) * 0x1.0p-32;
    const double exact = std::exp(sigma * normal_quantile(p));
    ASSERT_NEAR(times.factor(VariantId{3}, static_cast<std::uint32_t>(q)) / exact, 1, 0.02) << p;
  }
}

TEST(ServiceTimes, WithoutSpreadEveryQueryTakesTheMedian) {
  World world;
  const Catalog catalog = Catalog::build(world.parts).value();
  const ServiceTimes times(catalog);
  for (const std::uint32_t q : {0U, 1U, 1U << 31, ~0U}) {
    EXPECT_EQ(times.draw(VariantId{1}, 10ms, q), 10ms);
  }
}

}  // namespace
}  // namespace paragon::sim
