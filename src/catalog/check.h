// What is wrong with the parts of a catalog, said by table, entry and field.
//
// Pure: looks at values only. The loader turns places into file and line; Catalog::build, which has
// no files, names table and entry.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace paragon {

enum class Table { tasks, variants, machine_offers, function_offers, ensembles };
const char* name(Table table);

struct Flaw {
  Table table;
  std::size_t entry;
  std::string field;  // as it is called in a catalog file
  std::string got;
  std::string expected;
};

std::vector<Flaw> check(const Catalog::Parts& parts);

}  // namespace paragon
