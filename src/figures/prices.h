// The two price books under which every figure about money is drawn.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "catalog/catalog.h"

namespace paragon::figures {

enum class Prices {
  y2019,  // the paper's: functions billed in steps of 100 ms, at most 3,008 MB
  y2026,  // today's: steps of 1 ms
};
inline constexpr std::array kBothPrices{Prices::y2019, Prices::y2026};
std::string_view name(Prices prices);  // "2019", "2026"

struct PriceBooks {
  Catalog y2019;
  Catalog y2026;
  const Catalog& operator[](Prices p) const { return p == Prices::y2019 ? y2019 : y2026; }
};

// Reads data/paper/catalog-2019.yaml and catalog.yaml from the folder `data_paper`. With
// `provisioning`, every machine's delay has this median. Errors: the files' own.
Result<PriceBooks> load_price_books(const std::string& data_paper,
                                    std::optional<Duration> provisioning);

}  // namespace paragon::figures
