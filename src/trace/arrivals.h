// Arrivals: when queries come, one after the other.
//
// A file, a generator or a combination of them; whoever replays a load sees only this. Times never
// go back. Memory does not grow with the number of arrivals.
#pragma once

#include <memory>
#include <optional>

#include "base/time.h"

namespace paragon {

class Arrivals {
 public:
  virtual ~Arrivals() = default;
  // The next arrival, at or after the one before; nothing when there are no more.
  virtual std::optional<Time> next() = 0;
};

using ArrivalsPtr = std::unique_ptr<Arrivals>;

// How arrivals lie inside a second, minute or hour of which only their number is known.
enum class Spacing {
  poisson,  // independent of each other, as from many users
  even,     // the same distance apart
};

}  // namespace paragon
