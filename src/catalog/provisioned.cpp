#include "catalog/provisioned.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace paragon {
namespace {

// What is wrong with one of them; empty: nothing.
std::string wrong_with(const Catalog& catalog, const FunctionOffer& offer, const Provisioned& one) {
  if (!offer.provisioned) {
    return "the offer has no price for it; set provisioned_usd_per_gb_second and "
           "provisioned_run_usd_per_gb_second in the catalog (`paragon catalog refresh` does)";
  }
  if (!catalog.profile(one.variant, one.offer).usable)
    return "the variant does not fit into the offer's memory";
  if (one.environments < 1 || one.environments > offer.concurrency_limit) {
    return fmt::format("got {} environments, expected 1 to the offer's concurrency_limit of {}",
                       one.environments, offer.concurrency_limit);
  }
  return "";
}

}  // namespace

Result<std::vector<Provisioned>> find_provisioned(const Catalog& catalog,
                                                  const ProvisionedNames& names) {
  std::vector<Provisioned> out;
  std::string complaints;
  const auto complain = [&complaints](const std::string& about, const std::string& what) {
    complaints += fmt::format("{}{}: {}", complaints.empty() ? "" : "\n", about, what);
  };
  for (const auto& [offer_name, variants] : names) {
    const auto offer = catalog.find_function_offer(offer_name);
    if (!offer) {
      complain(offer_name, "the catalog has no such function offer");
      continue;
    }
    int all = 0;
    for (const auto& [variant_name, environments] : variants) {
      const auto variant = catalog.find_variant(variant_name);
      const std::string about = offer_name + "/" + variant_name;
      if (!variant) {
        complain(about, "the catalog has no such variant");
        continue;
      }
      const Provisioned one{*offer, *variant, environments};
      if (const auto what = wrong_with(catalog, catalog.offer(*offer), one); !what.empty()) {
        complain(about, what);
        continue;
      }
      all += environments;
      out.push_back(one);
    }
    if (all > catalog.offer(*offer).concurrency_limit) {
      complain(offer_name,
               fmt::format("{} environments in all, over the offer's concurrency_limit of {}", all,
                           catalog.offer(*offer).concurrency_limit));
    }
  }
  if (!complaints.empty()) return Error{ErrorCode::invalid, complaints};
  std::sort(out.begin(), out.end(), [](const Provisioned& a, const Provisioned& b) {
    return std::tuple(a.offer.value, a.variant.value) < std::tuple(b.offer.value, b.variant.value);
  });
  return out;
}

HourlyPrice keeping_price(const Catalog& catalog, const Provisioned& provisioned) {
  const FunctionOffer& offer = catalog.offer(provisioned.offer);
  const double gb = static_cast<double>(offer.memory.value) / 1024;
  const double price = offer.provisioned ? offer.provisioned->kept.value : 0;
  return per_hour(price * gb * provisioned.environments * 3600);
}

}  // namespace paragon
