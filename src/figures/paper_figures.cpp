#include "figures/paper_figures.h"

#include <array>

namespace paragon::figures {
namespace {

void nothing(Study&) {}

constexpr std::array kFigures{
    PaperFigure{2, nothing, draw_models},
    PaperFigure{3, nothing, draw_iso_sets},
    PaperFigure{4, need_constant_rates, draw_constant_rates},
    PaperFigure{5, need_overprovisioning, draw_overprovisioning},
    PaperFigure{6, need_costs, draw_costs},
    PaperFigure{7, nothing, draw_peak_to_median},
    PaperFigure{8, nothing, draw_function_memory},
    PaperFigure{9, need_paragon, draw_paragon},
};

}  // namespace

std::span<const PaperFigure> paper_figures() { return kFigures; }

}  // namespace paragon::figures
