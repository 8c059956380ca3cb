// How long queries would wait for one of c slots, when each has only so much patience.
//
// The queue M/M/c+G: Poisson arrivals, exponential service, and a query that leaves for a function
// (or is refused) once it would have to wait longer than its patience. The law of the wait that is
// offered to an arrival is exact (Baccelli and Hebuterne, 1981; in the form of Zeltyn and
// Mandelbaum, 2005, section 5): with H(x) the integral of the share of queries that would still
// wait at u from 0 to x, J(t) the integral of exp(lambda H(x) - c mu x) from t on, and B the
// Erlang-B probability of c - 1 slots,
//
//   P(wait > t) = lambda J(t) B / (1 + lambda J(0) B)
//
// No patience at all gives Erlang's B, endless patience Erlang's C. It is the same whether a query
// leaves when its patience ends or, knowing the wait, at once. Service that varies less than
// exponentially makes waits shorter in proportion to (1 + cv^2) / 2 (Allen and Cunneen's
// approximation; Whitt, 1993): time is scaled by that.
#pragma once

#include <span>
#include <vector>

#include "base/time.h"
#include "base/units.h"

namespace paragon::plan {

// The probability that all of `slots` (0 or more) are busy, where `load` (0 or more) is the mean
// number of slots that would be busy if there were enough, and whoever finds none goes away.
double erlang_b(int slots, double load);

// Queries that would wait so long; Duration::max() is for ever.
struct Patience {
  Duration wait{};
  double share = 0;  // of all queries
};

class OfferedWait {
 public:
  // `service` above 0 is the mean on one slot, `variability` (1 + cv^2) / 2 of it, above 0. Shares
  // add up to 1. With no slots every wait is endless.
  OfferedWait(Rate arrivals, Duration service, int slots, std::span<const Patience> patience,
              double variability = 1);

  // Fewer leave than must for the rest to be served: nothing settles.
  bool endless() const { return endless_; }
  // The probability that an arrival would have to wait longer than `t`, 0 or more.
  double longer_than(Duration t) const;

 private:
  // Between two patiences the exponent is a straight line.
  struct Piece {
    double from = 0;      // seconds, scaled
    double exponent = 0;  // there
    double slope = 0;
  };
  double integral(double from) const;  // J, over exp(most_)

  std::vector<Piece> pieces_;
  double most_ = 0;  // the highest exponent, taken out so that nothing overflows
  double scale_ = 1;
  double waits_ = 1;  // P(wait > 0)
  double whole_ = 0;  // J(0), over exp(most_)
  bool endless_ = false;
};

}  // namespace paragon::plan
