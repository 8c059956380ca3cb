// The status page at `/`: one self-contained HTML document that reads the control API.
#pragma once

#include <string>

namespace paragon {

std::string status_page();

}  // namespace paragon
