#include "catalog/derive.h"

#include <algorithm>
#include <cmath>

namespace paragon {
namespace {

// Networks of 1 ms and more ran 0.56 to 0.76 times as long on two idle cores as on one (ONNX
// Runtime 1.29, AVX2). Amdahl's law puts that between 0.48 and 0.88 parallel; 0.7 is the middle.
constexpr double kParallelShare = 0.7;

// A worker from exec until it could answer with a network that takes no time to load, on one core:
// about 30 ms to listen, 70 ms to start the inference library. Measured by bench/start (CPU time of
// a worker that holds the smallest shipped network: 98 to 127 ms).
constexpr Duration kProcessStart = std::chrono::milliseconds(100);

double gain(double cpus) {
  return cpus <= 1 ? cpus : 1 / (1 - kParallelShare + kParallelShare / cpus);
}

// Offers may be as slow as one likes, sums of times may not overflow. Nothing that takes longer is
// of use.
constexpr Duration kLongest = std::chrono::hours(10'000);

Duration scaled(Duration measured, double by) {
  const double scaled = static_cast<double>(measured.count()) / by;
  return scaled < static_cast<double>(kLongest.count()) ? Duration(std::llround(scaled)) : kLongest;
}

}  // namespace

MachineProfile derive(const Variant& variant, const MeasuredProfile& measured,
                      const MachineOffer& offer) {
  const double cpus = std::min<double>(variant.intra_threads, offer.vcpus.value);
  const double cores = offer.speed * gain(cpus);
  const auto by_cpu =
      static_cast<std::int64_t>(std::max(1.0, std::floor(offer.vcpus.value / cpus)));
  const std::int64_t by_memory = offer.memory.value / variant.memory.value;
  return {.service_p50 = scaled(measured.service_p50, cores),
          .service_p99 = scaled(measured.service_p99, cores),
          .slots = static_cast<int>(std::min(by_cpu, by_memory))};
}

FunctionProfile derive(const Variant& variant, const MeasuredProfile& measured,
                       const FunctionOffer& offer) {
  const double cpus = std::min<double>(variant.intra_threads, offer.vcpus.value);
  const double cores = offer.speed * gain(cpus);
  // Starting takes the same time at every size: the clouds give it a whole processor.
  return {.service_p50 = scaled(measured.service_p50, cores),
          .service_p99 = scaled(measured.service_p99, cores),
          .cold_start = kProcessStart + measured.load + offer.cold_start.percentile95(),
          .usable = variant.memory <= offer.memory};
}

}  // namespace paragon
