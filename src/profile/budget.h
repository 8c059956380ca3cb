// How long a profile may take, and what is given up so that it does.
//
// Every phase has its part of the whole and does as much as fits into it, but never less than what
// a figure needs at the least. What fits is decided from the lines measured so far and not from a
// clock, so that a run that goes on decides as the one before it did.
#pragma once

#include <cstddef>

#include "base/time.h"
#include "profile/timed_runs.h"

namespace paragon::profile {

struct Budget {
  Duration times{};
  Duration answers{};
  Duration sizes{};
  Duration checks{};
};
// Parts of `whole`; cold starts and ensembles have what is left. 0: no limit to anything.
Budget budget_of(Duration whole);

// As `wanted`, with fewer runs where they would take longer than `most` together; at least two.
VisitSettings shortened(VisitSettings wanted, Duration run, Duration most);

// How many labelled items can be asked about in `most`, each of which all networks together answer
// in `each` on `cores` cores: two digits that count, at least 100, at most `items`.
std::size_t items_within(Duration most, Duration each, int cores, std::size_t items);

// How often something that takes `once` is repeated: at least once, at most `wanted` times.
int repeats_within(Duration most, Duration once, int wanted);

}  // namespace paragon::profile
