#include "cloud/aws/price_refresh.h"

#include <fmt/format.h>

#include <algorithm>

#include "cloud/aws/ownership.h"

namespace paragon::aws {
namespace {

std::string date(Instant when) { return extended_text(when).substr(0, 10); }

std::string list_source(const price_list::ListPrice& price, const AskedPrices& asked) {
  return price.published.empty()
             ? fmt::format("AWS Price List read on {}", date(asked.read))
             : fmt::format("AWS Price List of {}, read on {}", price.published, date(asked.read));
}

// What an old source says of its credits, which are not asked for: "; credits of 2023-01-19".
std::string credits_source(const std::string& old, const std::string& origin) {
  const std::size_t said = old.rfind("; credits ");
  return said == std::string::npos ? "; credits as in " + origin : old.substr(said);
}

std::string why_not(const std::string& what, const AskedPrices& asked) {
  const auto reason = asked.unclear.find(what);
  return reason != asked.unclear.end() ? reason->second
                                       : fmt::format("the price list has none in {}", asked.region);
}

// Prices an offer, or says why it cannot be.
std::optional<std::string> price(MachineOffer& offer, const AskedPrices& asked,
                                 const std::string& origin) {
  const std::string type = instance_type(offer);
  const auto listed = asked.hour.find(type);
  if (listed == asked.hour.end()) return why_not(type, asked);
  if (offer.market == Market::spot) {
    const auto spot = asked.spot_hour.find(type);
    if (spot == asked.spot_hour.end())
      return fmt::format("no spot price of it in {} since {}", asked.region, date(asked.spot_from));
    offer.price = spot->second.price;
    offer.source = fmt::format("EC2 spot, {}, median of {} to {} in {} {} (spot price history)",
                               asked.region, date(asked.spot_from), date(asked.read),
                               spot->second.zones, spot->second.zones == 1 ? "zone" : "zones");
    return std::nullopt;
  }
  offer.price = per_hour(listed->second.price.value);
  const std::string credits =
      offer.market == Market::burstable ? credits_source(offer.source, origin) : "";
  offer.source = fmt::format("EC2 on demand, {}, {}{}", asked.region,
                             list_source(listed->second, asked), credits);
  return std::nullopt;
}

void add_change(std::vector<PriceChange>& changes, PriceChange change) {
  const bool known = std::ranges::any_of(changes, [&](const PriceChange& one) {
    return one.what == change.what && one.unit == change.unit && one.before == change.before;
  });
  if (!known) changes.push_back(std::move(change));  // functions of all sizes share their prices
}

// Both prices, or none: an offer cannot have one alone.
void price_provisioned(FunctionOffer& offer, const AskedPrices& asked, const std::string& functions,
                       std::vector<PriceChange>& changes) {
  const ProvisionedPrice old = offer.provisioned.value_or(ProvisionedPrice{});
  offer.provisioned.reset();
  if (!asked.provisioned || !asked.provisioned_run) return;
  offer.provisioned = {per_gb_second(asked.provisioned->price.value),
                       per_gb_second(asked.provisioned_run->price.value)};
  add_change(changes, {functions, "GB-second kept provisioned", dollars(old.kept.value),
                       asked.provisioned->price});
  add_change(changes, {functions, "GB-second run there", dollars(old.run.value),
                       asked.provisioned_run->price});
}

}  // namespace

RefreshedOffers refresh(const Catalog& old, const AskedPrices& asked, const std::string& origin) {
  RefreshedOffers out;
  for (MachineOffer offer : old.machine_offers()) {
    const HourlyPrice before = offer.price;
    if (const auto reason = price(offer, asked, origin)) {
      out.left_out.push_back(fmt::format("{} is left out: {}", offer.name, *reason));
      continue;
    }
    add_change(out.changes,
               {offer.name, "hour", dollars(before.value), dollars(offer.price.value)});
    out.machine_offers.push_back(std::move(offer));
  }
  const std::string functions =
      fmt::format("{} ({})", kFunctions, lambda::name(asked.architecture));
  for (FunctionOffer offer : old.function_offers()) {
    if (!asked.gb_second || !asked.call) {
      out.left_out.push_back(
          fmt::format("{} is left out: {}", offer.name, why_not(kFunctions, asked)));
      continue;
    }
    add_change(out.changes,
               {functions, "GB-second", dollars(offer.price.value), asked.gb_second->price});
    add_change(out.changes, {functions, "call", offer.price_per_call, asked.call->price});
    offer.price = per_gb_second(asked.gb_second->price.value);
    offer.price_per_call = asked.call->price;
    price_provisioned(offer, asked, functions, out.changes);
    offer.source =
        fmt::format("AWS Lambda {}, first tier, {}, {}", lambda::name(asked.architecture),
                    asked.region, list_source(*asked.gb_second, asked));
    out.function_offers.push_back(std::move(offer));
  }
  if (!out.function_offers.empty() && !out.function_offers.front().provisioned) {
    out.left_out.push_back(
        fmt::format("prices of {} are left out: {}", kProvisioned, why_not(kProvisioned, asked)));
  }
  return out;
}

}  // namespace paragon::aws
