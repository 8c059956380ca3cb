#include "figures/prices.h"

#include "base/check.h"
#include "catalog/load.h"

namespace paragon::figures {
namespace {

Catalog::Parts parts_of(const Catalog& catalog) {
  Catalog::Parts parts{.tasks = catalog.tasks(),
                       .variants = catalog.variants(),
                       .profiles = {},
                       .machine_offers = catalog.machine_offers(),
                       .function_offers = catalog.function_offers()};
  for (std::uint32_t v = 0; v < catalog.variants().size(); ++v)
    parts.profiles.push_back(catalog.profile(VariantId{v}));
  return parts;
}

Result<Catalog> load(const std::string& file, std::optional<Duration> provisioning) {
  LoadOptions options;
  options.require_files = false;
  Result<Catalog> catalog = load_catalog(file, options);
  if (!catalog || !provisioning) return catalog;
  Catalog::Parts parts = parts_of(*catalog);
  for (MachineOffer& offer : parts.machine_offers) offer.provisioning_delay.median = *provisioning;
  return Catalog::build(std::move(parts));
}

}  // namespace

std::string_view name(Prices prices) { return prices == Prices::y2019 ? "2019" : "2026"; }

Result<PriceBooks> load_price_books(const std::string& data_paper,
                                    std::optional<Duration> provisioning) {
  Result<Catalog> then = load(data_paper + "/catalog-2019.yaml", provisioning);
  if (!then) return then.error();
  Result<Catalog> now = load(data_paper + "/catalog.yaml", provisioning);
  if (!now) return now.error();
  return PriceBooks{std::move(*then), std::move(*now)};
}

Catalog only(const Catalog& catalog, std::string_view variant) {
  Catalog::Parts parts = parts_of(catalog);
  const std::optional<VariantId> id = catalog.find_variant(variant);
  PARAGON_CHECK(id.has_value(), "no such variant");
  parts.variants = {catalog.variant(*id)};
  parts.profiles = {catalog.profile(*id)};
  Result<Catalog> one = Catalog::build(std::move(parts));
  PARAGON_CHECK(one.ok(), "a part of a sound catalog is sound");
  return std::move(*one);
}

}  // namespace paragon::figures
