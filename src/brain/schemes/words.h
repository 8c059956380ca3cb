// How schemes say why they wanted as many machines as they did: the numbers, and the sum that most
// of them do. Made when asked; deciding keeps numbers and writes none.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "brain/view.h"

namespace paragon::words {

// Three digits that count.
inline std::string number(double n) {
  return std::abs(n) >= 100 ? fmt::format("{:.0f}", n) : fmt::format("{:.3g}", n);
}
inline std::string percent(double share) { return number(100 * share) + " %"; }
inline std::string rate(Rate r) { return number(r.value) + "/s"; }
inline std::string length(Duration d) { return number(seconds(d)) + " s"; }
inline std::string moment(Time t) { return length(t.time_since_epoch()); }

// Machines for a rate, as they were worked out.
struct Sizing {
  Rate rate;
  double work = 0;  // machine-seconds a query
  double busy = 1;  // how full they are planned to be
  MachineOfferId offer;

  Sizing() = default;
  Sizing(const View& view, Rate the_rate, MachineOfferId the_offer, double planned_busy)
      : rate(the_rate),
        work(view.work_per_query[the_offer.index()]),
        busy(planned_busy),
        offer(the_offer) {}
};

// "90/s at 5.2 ms of a c5.large each keep 0.468 of them busy, 0.669 at 70 % each".
inline std::string sum(const Sizing& s, const View& view) {
  const std::string& name = view.catalog.offer(s.offer).name;
  if (!std::isfinite(s.work)) return fmt::format("{}, which no {} can serve", rate(s.rate), name);
  const double needed = s.rate.value * s.work;
  std::string text = fmt::format("{} at {} ms of a {} each keep {} of them busy", rate(s.rate),
                                 number(1e3 * s.work), name, number(needed));
  if (s.busy < 1) text += fmt::format(", {} at {} each", number(needed / s.busy), percent(s.busy));
  if (needed / s.busy > view.machines_max) {
    text += fmt::format("; at most {} are allowed", view.machines_max);
  }
  return text;
}
inline std::string sum(const View& view, Rate rate, double planned_busy) {
  return sum(Sizing(view, rate, view.cheapest, planned_busy), view);
}

}  // namespace paragon::words
