// What catalogs, journals and reports call a market.
#pragma once

#include <string_view>

#include "catalog/offer.h"

namespace paragon {

constexpr std::string_view name(Market market) {
  switch (market) {
    case Market::on_demand:
      return "on_demand";
    case Market::spot:
      return "spot";
    case Market::burstable:
      return "burstable";
  }
  return "?";
}

}  // namespace paragon
