// A plan for programs.
//
// The names of the fields are a contract (docs/plan.md): fields may be added, none is renamed or
// changes its unit. Apart from `wall_s` the same question gives the same bytes.
#pragma once

#include <string>

#include "report/made_plan.h"

namespace paragon {

// Indented, with a line end.
std::string json_text(const MadePlan& made);

}  // namespace paragon
