#include "plan/scheme_space.h"

#include <algorithm>
#include <cmath>

namespace paragon::plan {
namespace {

constexpr std::size_t kKnobsMost = 10;
constexpr double kReach = 8;
constexpr double kBusyLeast = 0.4;
constexpr double kBusyMost = 1;

// So many digits that count: what is printed is what was simulated.
double rounded(double value) {
  constexpr int kDigits = 3;
  if (value == 0) return 0;
  const double unit = std::pow(10.0, kDigits - 1 - std::floor(std::log10(std::abs(value))));
  return std::round(value * unit) / unit;
}

}  // namespace

SchemeSpace::SchemeSpace(const SchemeInfo& scheme, double target_busy, int machines_most)
    : scheme_(scheme),
      target_busy_(std::clamp(target_busy, kBusyLeast, kBusyMost)),
      machines_most_(machines_most) {
  for (const Knob& knob : scheme.knobs) {
    if (axes_.size() == kKnobsMost) break;
    Axis axis{knob.name, knob.standard, knob.least, knob.most, false};
    if (knob.standard > 0) {
      axis.from = std::max(knob.least, knob.standard / kReach);
      axis.to = std::min(knob.most, knob.standard * kReach);
      axis.logarithmic = true;
    }
    axes_.push_back(axis);
  }
}

Point SchemeSpace::standard() const {
  Point point;
  for (const Axis& a : axes_) {
    const double share = a.logarithmic ? std::log(a.standard / a.from) / std::log(a.to / a.from)
                                       : (a.standard - a.from) / (a.to - a.from);
    point.push_back(a.to > a.from ? share : 0);
  }
  point.push_back((target_busy_ - kBusyLeast) / (kBusyMost - kBusyLeast));
  point.push_back(0);
  return point;
}

Option SchemeSpace::option(const Point& point) const {
  Option option{
      .name = std::string(scheme_.name), .scheme = std::string(scheme_.name), .fleet = {}};
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const Axis& a = axes_[i];
    const double value = a.logarithmic && a.to > a.from ? a.from * std::pow(a.to / a.from, point[i])
                                                        : a.from + (a.to - a.from) * point[i];
    option.tuning[std::string(a.knob)] = std::clamp(rounded(value), a.from, a.to);
  }
  option.target_busy = rounded(kBusyLeast + (kBusyMost - kBusyLeast) * point[axes_.size()]);
  option.machines_min = static_cast<int>(std::lround(machines_most_ * point[axes_.size() + 1]));
  return option;
}

}  // namespace paragon::plan
