// Several schemes on the same traces and seeds: means with confidence intervals, and who is beaten.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/page.h"
#include "report/run_tables.h"
#include "report/simulated_run.h"

namespace paragon {

// A mean over seeds with its 95 % interval by Student's t; without a spread (one seed) half is 0.
struct Mean {
  double value = 0;
  double half = 0;
  int count = 0;
};
Mean mean_of(std::span<const double> values);

// One scheme on one trace.
struct Compared {
  std::string scheme;
  std::string trace;
  Mean cost;  // USD
  Mean machines;
  Mean functions;
  Mean wasted;
  Mean missed;  // shares, 0 to 1
  Mean strict_missed;
  Mean relaxed_missed;
  Mean accuracy;  // delivered
  Mean on_functions;
  Mean p50_s;
  Mean p99_s;
  Mean p999_s;
  Mean overprovisioned_hours;
  Mean bound;  // USD; this and the next four have count 0 where there is no bound
  Mean clairvoyant;
  Mean clairvoyant_missed;  // share
  Mean of_bound;            // cost as a multiple
  Mean of_clairvoyant;
  bool pareto =
      false;  // no other scheme on the trace is as good in cost and misses and better in one
};

// In the order of first appearance of traces, then schemes.
std::vector<Compared> compare(std::span<const SimulatedRun> runs);

// A table for each trace, cheapest first; Pareto ones are marked.
std::vector<std::pair<std::string, HtmlTable>> comparison_rows(std::span<const Compared> compared);
// Tables that are wider than `columns` are in parts one below the other.
std::string comparison_text(std::span<const SimulatedRun> runs, std::size_t columns = kAnyWidth);
HtmlPage comparison_page(std::span<const SimulatedRun> runs, const std::string& command);

}  // namespace paragon
