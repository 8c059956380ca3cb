#include "plan/what_if.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace paragon::plan {
namespace {

using What = WhatIf::What;
constexpr std::array<std::pair<std::string_view, What>, 8> kKeys{{
    {"machine_price", What::machine_price},
    {"on_demand_price", What::on_demand_price},
    {"spot_price", What::spot_price},
    {"function_price", What::function_price},
    {"provisioning_delay", What::provisioning_delay},
    {"cold_start", What::cold_start},
    {"service_time", What::service_time},
    {"load", What::load},
}};
constexpr double kFactorLeast = 1e-3;
constexpr double kFactorMost = 1e3;
constexpr double kLongest = 86'400;  // seconds

Error wrong(std::string_view text) {
  std::string keys;
  for (const auto& [name, what] : kKeys) keys += (keys.empty() ? "" : ", ") + std::string(name);
  return {
      ErrorCode::invalid,
      fmt::format("--what-if: got '{}', expected KEY=VALUE, such as spot_price=2x or "
                  "provisioning_delay=200s; KEY one of {}; a factor of {} to {}, or for a delay "
                  "up to {:.0f}s",
                  text, keys, kFactorLeast, kFactorMost, kLongest)};
}

bool priced_by(const MachineOffer& offer, What what) {
  const bool spot = offer.market == Market::spot;
  return what == What::machine_price || (what == What::spot_price) == spot;
}

Duration scaled(Duration d, double factor) { return from_seconds(seconds(d) * factor); }

Duration changed(Duration d, const WhatIf& what_if) {
  return what_if.length ? *what_if.length : scaled(d, what_if.factor);
}

}  // namespace

std::vector<WhatIf> usual_what_ifs(bool spot) {
  std::vector<WhatIf> list;
  for (const char* text :
       {"spot_price=2x", "provisioning_delay=200s", "function_price=2x", "load=2x"}) {
    if (!spot && std::string_view(text).starts_with("spot")) continue;
    list.push_back(what_if_of(text).value());
  }
  return list;
}

Result<WhatIf> what_if_of(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return wrong(text);
  const auto* key =
      std::ranges::find(kKeys, text.substr(0, equals), &std::pair<std::string_view, What>::first);
  if (key == kKeys.end()) return wrong(text);
  WhatIf out{.what = key->second, .factor = 1, .length = {}, .text = std::string(text)};
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + equals + 1, end, value);
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  if (error != std::errc{} || !std::isfinite(value)) return wrong(text);
  if (unit == "x") {
    if (value < kFactorLeast || value > kFactorMost) return wrong(text);
    out.factor = value;
    return out;
  }
  const bool a_delay = out.what == What::provisioning_delay || out.what == What::cold_start;
  if (unit != "s" || !a_delay || value < 0 || value > kLongest) return wrong(text);
  out.length = from_seconds(value);
  return out;
}

Result<Catalog> changed(const Catalog& catalog, const WhatIf& what_if) {
  Catalog::Parts parts = catalog.parts();
  for (MachineOffer& offer : parts.machine_offers) {
    switch (what_if.what) {
      case What::machine_price:
      case What::on_demand_price:
      case What::spot_price:
        if (!priced_by(offer, what_if.what)) break;
        offer.price = offer.price * what_if.factor;
        if (offer.surcharge_per_vcpu_hour) {
          offer.surcharge_per_vcpu_hour = *offer.surcharge_per_vcpu_hour * what_if.factor;
        }
        break;
      case What::provisioning_delay:
        offer.provisioning_delay.median = changed(offer.provisioning_delay.median, what_if);
        break;
      default:
        break;
    }
  }
  for (FunctionOffer& offer : parts.function_offers) {
    if (what_if.what == What::function_price) {
      offer.price = offer.price * what_if.factor;
      offer.price_per_call = offer.price_per_call * what_if.factor;
      if (offer.provisioned) {
        offer.provisioned = {offer.provisioned->kept * what_if.factor,
                             offer.provisioned->run * what_if.factor};
      }
    }
    if (what_if.what == What::cold_start) {
      offer.cold_start.median = changed(offer.cold_start.median, what_if);
    }
  }
  if (what_if.what == What::service_time) {
    for (MeasuredProfile& profile : parts.profiles) {
      profile.service_p50 = scaled(profile.service_p50, what_if.factor);
      profile.service_p99 = scaled(profile.service_p99, what_if.factor);
    }
  }
  Result<Catalog> out = Catalog::build(std::move(parts));
  if (out) return out;
  return {ErrorCode::invalid, fmt::format("--what-if {}: {}", what_if.text, out.error().message)};
}

}  // namespace paragon::plan
