// One axis of a plot: which values it spans, where they lie in pixels, and its ticks.
#pragma once

#include <string>
#include <vector>

#include "report/svg.h"

namespace paragon::svg {

struct Tick {
  double value = 0;
  std::string label;
};

// The range of values that an axis must show; empty until something was added.
struct Extent {
  double least = 0;
  double most = 0;
  bool any = false;
  void add(double value);
};

class Ruler {
 public:
  // `ticks_most` is how many labels there is room for.
  Ruler(const Axis& axis, const Extent& data, int ticks_most);

  void place(double from_pixel, double to_pixel) { from_px_ = from_pixel, to_px_ = to_pixel; }
  double pixel(double value) const;  // clamped to the axis
  bool shows(double value) const;    // finite and between its ends
  double from() const { return from_; }
  double to() const { return to_; }
  double value_at(double pixel) const;
  const std::vector<Tick>& ticks() const { return ticks_; }
  std::string text(double value) const;  // for tooltips: a clock time, or 4 digits that count

 private:
  void set_linear(const Axis& axis, const Extent& data, int ticks_most);
  void set_log(const Axis& axis, const Extent& data, int ticks_most);
  void set_time(const Axis& axis, const Extent& data, int ticks_most);
  double along(double value) const;  // 0 to 1

  Kind kind_;
  double from_ = 0;
  double to_ = 1;
  double from_px_ = 0;
  double to_px_ = 1;
  std::vector<Tick> ticks_;
};

}  // namespace paragon::svg
