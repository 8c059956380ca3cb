// The subcommands of `paragon catalog`: one small file each, listed in catalog.cpp.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace paragon {

// As in commands.h; `catalog` is the command that they belong to.
void add_catalog_refresh(CLI::App& catalog, std::function<int()>& action);

}  // namespace paragon
