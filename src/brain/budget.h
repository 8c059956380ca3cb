// The hard limit on spending: no hour of the run, counted from its start, costs more.
//
// Spending is bounded before it happens. A machine commits its price to the end of the hour (and,
// since it may live on, a whole hour of the next one); a function call reserves the most it can
// cost by its timeout. Something is bought only if commitments and reservations fit under the
// limit, for this hour and for the next. What was reserved and not used comes back when the call
// ends.
#pragma once

#include <optional>

#include "base/time.h"
#include "base/units.h"
#include "catalog/offer.h"

namespace paragon {

class Budget {
 public:
  explicit Budget(std::optional<Dollars> per_hour) : limit_(per_hour) {}

  bool allows_machine(const MachineOffer& offer, Time now);
  void machine_bought(const MachineOffer& offer, Time now);
  // It is billed for so long in all; zero: it never ran.
  void machine_ended(const MachineOffer& offer, Time bought, Duration billed, Time now);

  // Environments of functions that are kept provisioned were at `before` in all, paid for up to
  // `ahead` from now, and are at `after` from now on. Nobody is asked whether it fits: check() of
  // the settings has.
  void provisioned(HourlyPrice before, Duration ahead, HourlyPrice after, Time now);

  bool allows_call(Dollars at_most, Time now);
  void reserve(Dollars at_most);
  void settle(Dollars reserved, Dollars spent, Time now);

  Dollars spent_this_hour(Time now);
  std::optional<Dollars> limit() const { return limit_; }

 private:
  static constexpr Duration kHour = std::chrono::hours(1);
  void advance(Time now);
  Dollars committed(Time now) const;  // spent, reserved, and machines to the end of the hour

  std::optional<Dollars> limit_;
  Time hour_start_{};
  Time accrued_to_{};
  Dollars spent_;
  Dollars reserved_;
  HourlyPrice running_;  // of all machines and kept environments that are billed now
};

}  // namespace paragon
