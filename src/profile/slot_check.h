// Whether right-sizing is true, where it can be tried: on this computer, in a closed loop.
#pragma once

#include <vector>

#include "base/id.h"
#include "base/time.h"

namespace paragon::profile {

// As many callers at once as right-sizing recommends for `bound` on this computer, and two more.
struct SlotCheck {
  VariantId variant;
  Duration bound{};
  int slots = 0;
  double planned = 0;     // share of the bound that the model planned for
  Duration p99{};         // of `slots` callers
  Duration p99_beyond{};  // of slots + 2

  bool keeps() const { return p99 <= bound; }
  bool two_more_break_it() const { return p99_beyond > bound; }
};

}  // namespace paragon::profile
