// One entry of a catalog file -> one catalog value. Which fields there are is written here and in
// docs/catalog.md; ranges are checked in check.h.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/entry.h"

namespace paragon {

// A task and what the loader must still look up.
struct TaskEntry {
  Task task;
  std::vector<std::string> labels_files;  // candidates, as written; empty: labels are inline
};
TaskEntry read_task(Entry& entry, Complaints& complaints);

struct VariantEntry {
  Variant variant;  // its task and its absolute file are not filled in
  MeasuredProfile profile;
  std::string task;  // name
};
VariantEntry read_variant(Entry& entry);

MachineOffer read_machine_offer(Entry& entry);
FunctionOffer read_function_offer(Entry& entry);

// An ensemble and what the loader must still look up.
struct EnsembleEntry {
  Ensemble ensemble;                 // its members and weights are not filled in
  std::vector<std::string> members;  // names
  std::string weights_file;          // as written; empty: none
};
EnsembleEntry read_ensemble(Entry& entry);

}  // namespace paragon
