#include "brain/estimates.h"

#include <algorithm>

namespace paragon {
namespace {

Estimate from_profile(Duration p50, Duration p99) {
  const double mean = seconds(p50);
  return {mean, std::max(0.0, seconds(p99) - mean) / 3};
}

}  // namespace

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
