#include "brain/estimates.h"

#include <algorithm>
#include <cmath>

namespace paragon {
namespace {

constexpr double kGain = 1.0 / 32;

Estimate from_profile(Duration p50, Duration p99) {
  const double mean = seconds(p50);
  return {mean, std::max(0.0, seconds(p99) - mean) / 3};
}

}  // namespace

void Estimate::learn(Duration service) {
  // One stall (a paused host, a page fault storm) must not count as the new normal.
  const double x = std::min(seconds(service), 20 * mean_s + 0.1);
  const double error = x - mean_s;
  mean_s += kGain * error;
  deviation_s += kGain * (std::abs(error) - deviation_s);
}

Estimates::Estimates(const Catalog& catalog)
    : machine_offers_(catalog.machine_offers().size()),
      function_offers_(catalog.function_offers().size()) {
  for (std::uint32_t v = 0; v < catalog.variants().size(); ++v) {
    for (std::uint32_t o = 0; o < machine_offers_; ++o) {
      const MachineProfile& p = catalog.profile(VariantId{v}, MachineOfferId{o});
      machine_.push_back(from_profile(p.service_p50, p.service_p99));
    }
    for (std::uint32_t o = 0; o < function_offers_; ++o) {
      const FunctionProfile& p = catalog.profile(VariantId{v}, FunctionOfferId{o});
      function_.push_back(from_profile(p.service_p50, p.service_p99));
      cold_.push_back(from_profile(p.cold_start, p.cold_start));
    }
  }
}

}  // namespace paragon
