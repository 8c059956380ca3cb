#include "brain/function_terms.h"

#include <algorithm>

#include "brain/meter.h"

namespace paragon {
namespace {

constexpr Duration kCallShortest = std::chrono::seconds(1);
constexpr Duration kCallLongest = std::chrono::seconds(60);

}  // namespace

FunctionTerms::FunctionTerms(const Catalog& catalog, const Estimates& estimates)
    : catalog_(&catalog),
      estimates_(&estimates),
      offers_(catalog.function_offers().size()),
      terms_(catalog.variants().size() * offers_) {
  for (std::uint32_t v = 0; v < catalog.variants().size(); ++v) {
    for (std::uint32_t o = 0; o < offers_; ++o) update(VariantId{v}, FunctionOfferId{o});
  }
}

void FunctionTerms::update(VariantId variant, FunctionOfferId offer) {
  CallTerms& terms = terms_[at(variant, offer)];
  const Estimate& service = estimates_->on(variant, offer);
  terms.usable = catalog_->profile(variant, offer).usable;
  terms.mean = service.mean();
  terms.high = service.high();
  terms.slowest = service.slowest();
  terms.cold_start = estimates_->cold_start(variant, offer);
  terms.timeout = std::clamp(8 * terms.high + 2 * terms.cold_start, kCallShortest, kCallLongest);
  terms.price = call_price(catalog_->offer(offer), terms.mean);
  terms.provisioned = call_price(catalog_->offer(offer), terms.mean, true);
  terms.at_most = call_price(catalog_->offer(offer), terms.timeout);
}

void FunctionTerms::update_changed() {
  for (std::uint32_t v = 0; v < catalog_->variants().size(); ++v) {
    for (std::uint32_t o = 0; o < offers_; ++o) {
      const CallTerms& terms = on(VariantId{v}, FunctionOfferId{o});
      const Estimate& service = estimates_->on(VariantId{v}, FunctionOfferId{o});
      if (service.mean() != terms.mean || service.high() != terms.high) {
        update(VariantId{v}, FunctionOfferId{o});
      }
    }
  }
}

}  // namespace paragon
