// What was measured of each variant.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "profile/cells.h"
#include "profile/function_memory.h"
#include "profile/grade.h"
#include "profile/single_run.h"
#include "profile/slot_check.h"
#include "profile/visit.h"

namespace paragon::profile {

struct VariantProfile {
  VariantId id;
  ColdStart start;  // medians; the peak is the largest
  std::size_t starts = 0;
  std::map<Cell, CellTimes> times;    // in the cells' order
  std::map<int, CellTimes> in_turn;   // by callers: a full machine served in turn
  std::optional<CellTimes> handling;  // of pictures: what is around the network's run
  std::optional<Grades> grades;       // absent without a labelled set
  std::vector<SizeTimes> sizes;       // ascending memory, those that hold it

  Memory memory() const;  // peak, rounded up
  const CellTimes& alone() const { return times.at({id.value, 1, 1, 1}); }
};

struct Profile {
  std::vector<VariantProfile> variants;     // complete ones, in the catalog's order
  std::vector<SlotCheck> checks;            // empty: right-sizing was not tried
  std::vector<std::string> left_out;        // networks: why
  std::vector<std::string> items_left_out;  // of the labelled set: why
  std::string host;                         // "2 cores of AMD EPYC 9R14"
  std::string date;                         // "2026-11-29"
  std::string onnxruntime;                  // version
  std::string labelled_set;                 // of which what was asked about; empty: none
  std::size_t items = 0;                    // of it, that were asked about
  std::size_t items_given = 0;              // that there were
  std::size_t rounds = 0;                   // in which every cell was visited
  std::size_t rounds_wanted = 0;            // had there been time
  Duration whole{};                         // that time; 0: no limit
  std::string shares;                       // how a function's share of a processor was imposed
  std::optional<Duration> bound;
  FunctionPrice price = kLambdaPrice;
  int cores = 1;
  double tolerance = 0.05;
  double others = 0;  // share of the processors that others had: median over the counted visits

  // Cells two runs of which would differ by more than the tolerance.
  std::size_t unsettled() const;
  std::size_t cells() const;
};

}  // namespace paragon::profile
