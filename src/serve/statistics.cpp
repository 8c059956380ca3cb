#include "serve/statistics.h"

#include <algorithm>

namespace paragon {

void LatencyBuckets::record(Duration d) {
  double s = seconds(d);
  auto bound = std::lower_bound(kBoundsSeconds.begin(), kBoundsSeconds.end(), s);
  ++counts_[static_cast<std::size_t>(bound - kBoundsSeconds.begin())];
  sum_ += s;
  ++count_;
}

}  // namespace paragon
