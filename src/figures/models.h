// The models of a catalog as figures 2 and 3 look at them: accuracy and latency on one core.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "catalog/catalog.h"

namespace paragon::figures {

struct Model {
  std::string name;
  double accuracy = 0;  // percent
  double latency = 0;   // ms, median
  Memory memory;
};

std::vector<Model> models_of(const Catalog& catalog);  // by latency, then accuracy falling

// Those that no other model beats in both: none is as accurate and faster, or as fast and more
// accurate. Of `models` sorted as above.
std::vector<Model> pareto(const std::vector<Model>& models);

// The largest sets whose members are nearly alike in one thing and differ in the other.
// Within `share` of the fastest member's latency; of equally large sets the one with the widest
// spread of accuracy.
std::vector<Model> iso_latency(const std::vector<Model>& models, double share);
// Within `points` percentage points of the least accurate member; of equally large sets the one
// with the widest spread of latency.
std::vector<Model> iso_accuracy(const std::vector<Model>& models, double points);

// Largest minus, or over, smallest; `models` must not be empty.
double accuracy_spread(const std::vector<Model>& models);
double latency_ratio(const std::vector<Model>& models);

}  // namespace paragon::figures
