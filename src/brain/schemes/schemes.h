// How each scheme is made; the table of names is in schemes.cpp.
#pragma once

#include <memory>

#include "brain/scheme.h"

namespace paragon {

std::unique_ptr<Scheme> make_reactive();
std::unique_ptr<Scheme> make_paragon();

}  // namespace paragon
