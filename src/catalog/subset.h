// A part of a catalog, as a catalog.
#pragma once

#include "catalog/catalog.h"

namespace paragon {

// The same offers and tasks with one variant only, for questions about one model. Its id there is
// VariantId{0}.
Catalog only(const Catalog& catalog, VariantId variant);

}  // namespace paragon
