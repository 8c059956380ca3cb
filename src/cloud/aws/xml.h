// Reading XML answers: a thin face over pugixml. Includes pugixml: for the .cpp files of aws/ only.
// Names have no prefix in AWS's answers. Neither entities nor anything outside is loaded.
#pragma once

#include <pugixml.hpp>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace paragon::aws::xml {

// The whole of `text`, whose outermost element must be `root` (any when empty).
// Error: unavailable (AWS would not answer so; something between did, or the answer was cut off).
Result<std::unique_ptr<pugi::xml_document>> parse(std::string_view text, std::string_view root);

// What the child `name` says; empty when there is none.
inline std::string text(const pugi::xml_node& node, const char* name) {
  return node.child(name).text().get();
}

}  // namespace paragon::aws::xml
