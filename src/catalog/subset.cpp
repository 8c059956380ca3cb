#include "catalog/subset.h"

#include "base/check.h"

namespace paragon {

Catalog only(const Catalog& catalog, VariantId variant) {
  Catalog::Parts parts = catalog.parts();
  parts.variants = {catalog.variant(variant)};
  parts.profiles = {catalog.profile(variant)};
  Result<Catalog> one = Catalog::build(std::move(parts));
  PARAGON_CHECK(one.ok(), "a part of a sound catalog is sound");
  return std::move(*one);
}

}  // namespace paragon
