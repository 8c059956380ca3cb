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

// The paper's.
extern const SchemeInfo kReactive;
extern const SchemeInfo kUtilAware;
extern const SchemeInfo kExascale;
extern const SchemeInfo kMixed;
extern const SchemeInfo kParagon;
// Better than the paper.
extern const SchemeInfo kNewsvendor;
// From research.
extern const SchemeInfo kInfaas;
extern const SchemeInfo kMark;
extern const SchemeInfo kSpock;
extern const SchemeInfo kLibra;
// What people run.
extern const SchemeInfo kHpa;
extern const SchemeInfo kKnativeKpa;
extern const SchemeInfo kAwsTargetTracking;
extern const SchemeInfo kRayServe;
// Executes a plan that someone else made.
extern const SchemeInfo kPlanned;

}  // namespace paragon
