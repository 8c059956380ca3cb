// From a folder of traces and the shipped data to the outcomes: what `paragon figures` does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "figures/outcome.h"
#include "figures/study.h"
#include "figures/write.h"

namespace paragon::figures {

struct Order {
  std::string data;                        // the shipped data: has paper/ and mixes/
  std::string traces;                      // folder of the traces; empty: without traces
  std::vector<int> figures;                // of the paper; empty: all
  bool quick = false;                      // short and small runs
  std::optional<Duration> provisioning{};  // of machines, instead of the catalog's
  std::uint64_t seed = 1;
  int threads = 1;
};

struct Made {
  std::vector<Outcome> outcomes;  // in the paper's order
  std::vector<std::string> missing;
  std::size_t runs = 0;
};

// The same order gives the same outcomes, on however many threads. `on_found` is told of missing
// traces before anything long begins. Errors: no such figure; the data's or a trace's own; a run's.
Result<Made> make_figures(const Order& order,
                          const std::function<void(const FoundTraces&)>& on_found,
                          const OnStudyProgress& progress);

}  // namespace paragon::figures
