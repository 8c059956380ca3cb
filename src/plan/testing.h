// Loads and catalogs small enough to add up by hand; the catalog is that of the simulator's tests.
#pragma once

#include "plan/needs.h"
#include "plan/steady.h"
#include "sim/testing.h"

namespace paragon::plan::testing {

using namespace std::chrono_literals;

// sim's world (a machine of two slots at $0.36 an hour, a function at $4e-7 a call of "medium"),
// with `ask` for the mix.
struct World : sim::testing::World {
  Catalog catalog() const { return Catalog::build(parts).value(); }
  Mix mix() const { return Mix::build(classes).value(); }
  std::vector<Need> needs(const Catalog& of) const { return needs_of(of, settings, mix()).value(); }
  SteadyModel model(const Catalog& of) const { return {of, settings, needs(of), 0ms}; }
};

}  // namespace paragon::plan::testing
