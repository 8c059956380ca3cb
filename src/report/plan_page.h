// A plan as a page: its tables, the front of cost, latency and accuracy, and costs drawn.
#pragma once

#include <string>

#include "report/made_plan.h"
#include "report/page.h"

namespace paragon {

// `command` is how to repeat it; it stands at the foot of the page.
HtmlPage plan_page(const MadePlan& made, const std::string& command);

}  // namespace paragon
