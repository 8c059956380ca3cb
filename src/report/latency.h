// Percentiles of a run's answers, as they are reported.
#pragma once

#include "sim/result.h"

namespace paragon {

// As the histogram's, which may be up to 0.8 % too high; but never over the deadline where so many
// were on time.
Duration percentile(const sim::ClassResult& of, double p);
// Likewise of all classes, with the longest of their deadlines where each has one.
Duration percentile(const sim::RunResult& of, double p);

}  // namespace paragon
