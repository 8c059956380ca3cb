// How wide what is printed may be.
#pragma once

#include <cstddef>

namespace paragon {

// Columns of the terminal that standard output is; where it is none, as many as anything takes.
std::size_t output_columns();

}  // namespace paragon
