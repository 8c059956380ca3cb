#include "report/svg_axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/time.h"
#include "report/number.h"

namespace paragon::svg {
namespace {

constexpr double kHour = 3600;
constexpr double kDay = 24 * kHour;

// The least of 1, 2, 2.5 and 5 x 10^n that is at least `wanted`.
double round_step(double wanted) {
  const double unit = std::pow(10.0, std::floor(std::log10(wanted)));
  for (const double step : {1.0, 2.0, 2.5, 5.0}) {
    if (wanted <= step * unit * (1 + 1e-9)) return step * unit;
  }
  return 10 * unit;
}

double round_time_step(double wanted) {
  for (const double step :
       {1.0,        2.0,   5.0,      10.0,     15.0,      30.0,      60.0,      120.0,
        300.0,      600.0, 900.0,    1800.0,   kHour,     2 * kHour, 3 * kHour, 6 * kHour,
        12 * kHour, kDay,  2 * kDay, 7 * kDay, 14 * kDay, 28 * kDay}) {
    if (wanted <= step) return step;
  }
  return std::max(1.0, wanted);
}

std::vector<double> multiples(double step, double from, double to) {
  const double first = std::ceil(from / step - 1e-9);
  const double count = std::min(std::floor((to - from) / step + 1e-9), 100.0);
  std::vector<double> values;
  for (double i = 0; i <= count && (first + i) * step <= to + step * 1e-9; ++i) {
    values.push_back((first + i) * step);
  }
  return values;
}

// As few digits as tell neighbours apart; thousands as k, M, G where all ticks allow it.
std::string tick_text(double value, double step) {
  const double size = std::abs(value);
  if (size < step * 1e-6) return "0";
  const char* suffix = "";
  double unit = 1;
  if (step >= 1e9) {
    unit = 1e9, suffix = "G";
  } else if (step >= 1e6 || (size >= 1e6 && step >= 1e5)) {
    unit = 1e6, suffix = "M";
  } else if (step >= 1000 || (size >= 10'000 && step >= 100)) {
    unit = 1e3, suffix = "k";
  }
  const double in_unit = step / unit;
  if (in_unit < 1e-4) return fmt::format("{:.3g}", value);
  int decimals = 0;
  for (double x = in_unit; decimals < 6 && std::abs(x - std::round(x)) > 1e-6 * in_unit; x *= 10) {
    ++decimals;
  }
  return fmt::format("{:.{}f}{}", value / unit, decimals, suffix);
}

std::string time_text(double value, double step, double most) {
  const auto whole = static_cast<long long>(std::llround(value));
  if (step >= kDay) return fmt::format("{} d", whole / 86400);
  if (step >= kHour) return fmt::format("{} h", whole / 3600);
  if (step >= 60 && most < 2 * kHour) return fmt::format("{} min", whole / 60);
  if (most < 120) return fmt::format("{} s", whole);
  return clock_text(std::chrono::seconds(whole));
}

}  // namespace

void Extent::add(double value) {
  if (!std::isfinite(value)) return;
  least = any ? std::min(least, value) : value;
  most = any ? std::max(most, value) : value;
  any = true;
}

Ruler::Ruler(const Axis& axis, const Extent& data, int ticks_most) : kind_(axis.kind) {
  ticks_most = std::max(ticks_most, 2);
  if (!axis.categories.empty()) {
    kind_ = Kind::linear;
    from_ = -0.5;
    to_ = static_cast<double>(axis.categories.size()) - 0.5;
    for (std::size_t i = 0; i < axis.categories.size(); ++i) {
      ticks_.push_back({static_cast<double>(i), axis.categories[i]});
    }
    return;
  }
  switch (kind_) {
    case Kind::linear:
      set_linear(axis, data, ticks_most);
      break;
    case Kind::log:
      set_log(axis, data, ticks_most);
      break;
    case Kind::time:
      set_time(axis, data, ticks_most);
      break;
  }
}

void Ruler::set_linear(const Axis& axis, const Extent& data, int ticks_most) {
  const double least = data.any ? std::min(data.least, std::max(0.0, data.most)) : 0;
  from_ = axis.from.value_or(std::min(least, 0.0) < 0 ? least : 0);
  to_ = axis.to.value_or(data.any ? std::max(data.most, from_) : from_ + 1);
  if (!(to_ - from_ > std::abs(to_) * 1e-12)) to_ = from_ + (from_ == 0 ? 1 : std::abs(from_));
  const double step = round_step((to_ - from_) / ticks_most);
  if (!axis.from) from_ = std::floor(from_ / step + 1e-9) * step;
  if (!axis.to) to_ = std::ceil(to_ / step - 1e-9) * step;
  for (const double value : multiples(step, from_, to_)) {
    ticks_.push_back({value, tick_text(value, step)});
  }
}

void Ruler::set_log(const Axis& axis, const Extent& data, int ticks_most) {
  const auto positive = [](std::optional<double> x) { return x && *x > 0; };
  double least = positive(axis.from) ? *axis.from : data.any ? data.least : 1;
  double most = positive(axis.to) ? *axis.to : data.any ? data.most : 10;
  if (!(most > least)) least /= 2, most *= 2;
  const bool narrow = std::log10(most / least) < 2;
  const auto down = [&](double x) {
    const double unit = std::pow(10.0, std::floor(std::log10(x) + 1e-9));
    return narrow ? (x >= 5 * unit ? 5 : x >= 2 * unit ? 2 : 1) * unit : unit;
  };
  const auto up = [&](double x) {
    const double unit = std::pow(10.0, std::floor(std::log10(x) + 1e-9));
    if (x <= unit * (1 + 1e-9)) return unit;
    return narrow ? (x <= 2 * unit ? 2 : x <= 5 * unit ? 5 : 10) * unit : 10 * unit;
  };
  from_ = positive(axis.from) ? least : down(least);
  to_ = positive(axis.to) ? most : up(most);
  const int first = static_cast<int>(std::floor(std::log10(from_) + 1e-9));
  const int last = static_cast<int>(std::ceil(std::log10(to_) - 1e-9));
  const int stride = std::max(1, (last - first) / ticks_most);
  for (int decade = first; decade <= last; decade += stride) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      if (digit > 1 && !narrow) break;
      const double value = digit * std::pow(10.0, decade);
      if (value >= from_ * (1 - 1e-9) && value <= to_ * (1 + 1e-9)) {
        ticks_.push_back({value, tick_text(value, value)});
      }
    }
  }
}

void Ruler::set_time(const Axis& axis, const Extent& data, int ticks_most) {
  from_ = axis.from.value_or(data.any ? data.least : 0);
  to_ = axis.to.value_or(data.any ? data.most : 1);
  if (std::max(std::abs(from_), std::abs(to_)) > 1e9) {  // decades: not a time of ours
    kind_ = Kind::linear;
    return set_linear(axis, data, ticks_most);
  }
  if (!(to_ > from_)) to_ = from_ + 1;
  const double step = round_time_step((to_ - from_) / ticks_most);
  for (const double value : multiples(step, from_, to_)) {
    ticks_.push_back({value, time_text(value, step, to_)});
  }
}

double Ruler::along(double value) const {
  if (kind_ == Kind::log) {
    if (!(value > 0)) return 0;
    return std::log(value / from_) / std::log(to_ / from_);
  }
  return (value - from_) / (to_ - from_);
}

double Ruler::pixel(double value) const {
  return from_px_ + std::clamp(along(value), 0.0, 1.0) * (to_px_ - from_px_);
}

double Ruler::value_at(double pixel) const {
  const double share = (pixel - from_px_) / (to_px_ - from_px_);
  if (kind_ == Kind::log) return from_ * std::pow(to_ / from_, share);
  return from_ + share * (to_ - from_);
}

bool Ruler::shows(double value) const {
  if (!std::isfinite(value) || (kind_ == Kind::log && value <= 0)) return false;
  const double share = along(value);
  return share >= -1e-9 && share <= 1 + 1e-9;
}

std::string Ruler::text(double value) const {
  if (kind_ == Kind::time) return clock_text(from_seconds(value));
  // What interpolation leaves in the tenth digit is not meant.
  if (std::abs(value - std::round(value)) <= 1e-9 * std::abs(value) && std::abs(value) < 1e15) {
    const auto size = static_cast<std::uint64_t>(std::llround(std::abs(value)));
    return (value < 0 ? "-" : "") + count_text(size);
  }
  return number_text(value, 4);
}

}  // namespace paragon::svg
