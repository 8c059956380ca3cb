// A plan for a terminal, and its tables for the page: the same rows, so that both say the same.
#pragma once

#include <string>

#include "report/made_plan.h"
#include "report/page.h"

namespace paragon {

HtmlTable need_rows(const MadePlan& made);         // which variant for whom, on which function size
HtmlTable alternative_rows(const MadePlan& made);  // side by side, confirmed
HtmlTable setting_rows(const MadePlan& made);      // of schemes that were searched, as flags
HtmlTable answered_rows(const MadePlan& made);     // who answers under the recommended one
HtmlTable front_rows(const MadePlan& made);
HtmlTable break_even_rows(const MadePlan& made);
HtmlTable sensitivity_rows(const MadePlan& made);

// One line: what is recommended and what it will cost; or that nothing is within the bounds.
std::string recommendation(const MadePlan& made);
// Another: how it was confirmed.
std::string confirmation(const MadePlan& made);
// All of it. Several lines, ends with a line end.
std::string plan_text(const MadePlan& made);

}  // namespace paragon
