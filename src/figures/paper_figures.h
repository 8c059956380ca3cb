// The figures of the paper that hold numbers, one small file each (or for two that belong
// together).
#pragma once

#include <span>

#include "figures/outcome.h"
#include "figures/study.h"

namespace paragon::figures {

struct PaperFigure {
  int number = 0;
  void (*need)(Study&) = nullptr;  // says which runs it draws; none: drawn from the catalog alone
  Outcome (*draw)(const Study&) = nullptr;
};

std::span<const PaperFigure> paper_figures();

Outcome draw_models(const Study& study);    // 2: accuracy and latency
Outcome draw_iso_sets(const Study& study);  // 3: iso-latency and iso-accuracy
void need_constant_rates(Study& study);     // 4: machines against functions
Outcome draw_constant_rates(const Study& study);
void need_overprovisioning(Study& study);  // 5
Outcome draw_overprovisioning(const Study& study);
void need_costs(Study& study);  // 6: cost and SLO misses
Outcome draw_costs(const Study& study);
Outcome draw_peak_to_median(const Study& study);   // 7
Outcome draw_function_memory(const Study& study);  // 8
void need_paragon(Study& study);                   // 9: with Paragon; selection against naive
Outcome draw_paragon(const Study& study);

}  // namespace paragon::figures
