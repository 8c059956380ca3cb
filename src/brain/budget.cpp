#include "brain/budget.h"

#include <algorithm>

#include "brain/meter.h"

namespace paragon {

void Budget::advance(Time now) {
  while (now >= hour_start_ + kHour) {
    hour_start_ += kHour;
    spent_ = dollars(0);
    accrued_to_ = std::max(accrued_to_, hour_start_);
    // A long sleep crosses many hours; whole ones in between need no counting.
    if (now - hour_start_ > 2 * kHour) hour_start_ += (now - hour_start_) / kHour * kHour - kHour;
  }
  accrued_to_ = std::max(accrued_to_, hour_start_);
  spent_ += running_ * (now - accrued_to_);
  accrued_to_ = now;
}

Dollars Budget::committed(Time now) const {
  return spent_ + reserved_ + running_ * (hour_start_ + kHour - now);
}

bool Budget::allows_machine(const MachineOffer& offer, Time now) {
  if (!limit_) return true;
  advance(now);
  const Duration rest = hour_start_ + kHour - now;
  // Rounding up to the billing step and the minimum can both outlast the hour.
  const Duration at_most = std::max(rest + offer.billing_step, offer.minimum_billed);
  const Dollars this_hour = committed(now) + offer.price * at_most;
  const Dollars next_hour = (running_ + offer.price) * (kHour + offer.billing_step) + reserved_;
  return this_hour <= *limit_ && next_hour <= *limit_;
}

void Budget::machine_bought(const MachineOffer& offer, Time now) {
  advance(now);
  running_ += offer.price;
}

void Budget::machine_ended(const MachineOffer& offer, Time bought, Duration billed, Time now) {
  advance(now);
  running_ = running_ - offer.price;
  if (running_.value < 1e-9) running_ = per_hour(0);
  // Counted so far is all of its time. What was too much of that in hours that are over is past.
  const Duration this_hour = now - std::max(bought, hour_start_);
  spent_ += offer.price * std::max(billed - (now - bought), -this_hour);
}

void Budget::provisioned(HourlyPrice before, Duration ahead, HourlyPrice after, Time now) {
  advance(now);
  running_ = running_ - before + after;
  if (running_.value < 1e-9) running_ = per_hour(0);
  spent_ += before * ahead;
}

bool Budget::allows_call(Dollars at_most, Time now) {
  if (!limit_) return true;
  advance(now);
  return committed(now) + at_most <= *limit_ && running_ * kHour + reserved_ + at_most <= *limit_;
}

void Budget::reserve(Dollars at_most) { reserved_ += at_most; }

void Budget::settle(Dollars reserved, Dollars spent, Time now) {
  advance(now);
  reserved_ = std::max(dollars(0), reserved_ - reserved);
  spent_ += spent;
}

Dollars Budget::spent_this_hour(Time now) {
  advance(now);
  return spent_;
}

}  // namespace paragon
