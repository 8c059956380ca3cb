// paragon catalog: what is done to catalogs and price books, beside `paragon validate`.
#include <CLI/CLI.hpp>

#include "app/catalog_commands.h"
#include "app/commands.h"

namespace paragon {

void add_catalog(CLI::App& app, std::function<int()>& action) {
  CLI::App* catalog = app.add_subcommand("catalog", "Price books: bring their prices up to date");
  catalog->require_subcommand(1);
  add_catalog_refresh(*catalog, action);
}

}  // namespace paragon
