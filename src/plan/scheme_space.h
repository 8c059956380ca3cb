// What can be tuned of a scheme that follows the load, as a cube to search in.
#pragma once

#include <vector>

#include "brain/scheme.h"
#include "plan/bayes_search.h"
#include "plan/option.h"

namespace paragon::plan {

// A coordinate for each knob (the first ten), one for `target_busy` and one for the least number of
// machines. A knob goes from an eighth of its standard value to eight times it, within its own
// range and by its logarithm; one whose standard value is 0, over its whole range.
class SchemeSpace {
 public:
  // `machines_most`: the highest floor that is looked at.
  SchemeSpace(const SchemeInfo& scheme, double target_busy, int machines_most);

  std::size_t dimensions() const { return axes_.size() + 2; }
  Point standard() const;                   // the scheme as it comes
  Option option(const Point& point) const;  // values of three digits that count

 private:
  struct Axis {
    std::string_view knob;
    double standard = 0;
    double from = 0;
    double to = 0;
    bool logarithmic = false;
  };
  const SchemeInfo& scheme_;
  double target_busy_;
  int machines_most_;
  std::vector<Axis> axes_;
};

}  // namespace paragon::plan
