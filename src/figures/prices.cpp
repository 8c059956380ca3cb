#include "figures/prices.h"

#include "catalog/load.h"

namespace paragon::figures {
namespace {

Result<Catalog> load(const std::string& file, std::optional<Duration> provisioning) {
  LoadOptions options;
  options.require_files = false;
  Result<Catalog> catalog = load_catalog(file, options);
  if (!catalog || !provisioning) return catalog;
  Catalog::Parts parts = catalog->parts();
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

}  // namespace paragon::figures
