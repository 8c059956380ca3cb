// Every scheme, each in its own file; the table is in schemes.cpp.
#pragma once

#include <array>
#include <memory>

#include "brain/scheme.h"

namespace paragon {

// What the table's `make` is for a scheme that needs its knobs alone.
template <class Kind>
std::unique_ptr<Scheme> make_from_knobs(const Knobs& knobs, const BrainSettings&) {
  return std::make_unique<Kind>(knobs);
}

extern const SchemeInfo kReactive;
extern const SchemeInfo kParagon;
extern const SchemeInfo kNewsvendor;
extern const SchemeInfo kPlanned;

}  // namespace paragon
