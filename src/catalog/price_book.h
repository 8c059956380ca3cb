// Price books: catalog files that hold offers alone, to be included by catalogs (docs/catalog.md).
//
// What is written loads again as the same offers, to the last digit. A value that most offers share
// is written once, as their default.
#pragma once

#include <string>
#include <vector>

#include "catalog/offer.h"

namespace paragon {

struct PriceBook {
  std::string head;  // comment lines above all, without their "#": where the figures are from
  std::string description;  // one line for people
  std::vector<MachineOffer> machine_offers;
  std::vector<FunctionOffer> function_offers;
};

// The file's text. The offers are as a loaded catalog has them: their names and numbers are sane.
std::string price_book_text(const PriceBook& book);

}  // namespace paragon
