#include "brain/estimates.h"

#include <algorithm>
#include <span>

namespace paragon {
namespace {

// One variant on all offers of a kind.
void carry(std::span<Estimate> learned, std::span<const Estimate> profile) {
  double ratios = 0;
  int tried = 0;
  for (std::size_t o = 0; o < learned.size(); ++o) {
    const double ratio = learned[o].tried() ? learned[o].ratio_to(profile[o]) : 0;
    if (!(ratio > 0)) continue;
    ratios += ratio;
    ++tried;
  }
  if (tried == 0) return;
  const double ratio = ratios / tried;
  for (std::size_t o = 0; o < learned.size(); ++o) {
    if (!learned[o].tried()) learned[o].carry(profile[o], ratio);
  }
}

}  // namespace

void Estimates::carry_over() {
  for (std::size_t at = 0; machine_offers_ > 0 && at < machine_.size(); at += machine_offers_) {
    carry(std::span(machine_).subspan(at, machine_offers_),
          std::span(machine_profile_).subspan(at, machine_offers_));
  }
  for (std::size_t at = 0; function_offers_ > 0 && at < function_.size(); at += function_offers_) {
    carry(std::span(function_).subspan(at, function_offers_),
          std::span(function_profile_).subspan(at, function_offers_));
  }
}

Estimates::Estimates(const Catalog& catalog)
    : machine_offers_(catalog.machine_offers().size()),
      function_offers_(catalog.function_offers().size()) {
  for (std::uint32_t v = 0; v < catalog.variants().size(); ++v) {
    for (std::uint32_t o = 0; o < machine_offers_; ++o) {
      const MachineProfile& p = catalog.profile(VariantId{v}, MachineOfferId{o});
      machine_.emplace_back(p.service_p50, p.service_p99);
    }
    for (std::uint32_t o = 0; o < function_offers_; ++o) {
      const FunctionProfile& p = catalog.profile(VariantId{v}, FunctionOfferId{o});
      function_.emplace_back(p.service_p50, p.service_p99);
      cold_.emplace_back(p.cold_start, p.cold_start);
    }
  }
  machine_profile_ = machine_;
  function_profile_ = function_;
}

}  // namespace paragon
