#include "catalog/labels.h"

#include <fmt/format.h>

#include "catalog/node.h"

namespace paragon {

Result<std::vector<std::string>> read_labels(const std::string& file) {
  Result<std::string> text = read_text(file);
  if (!text) return text.error();
  std::vector<std::string> labels;
  std::size_t blank = 0;  // a line that is, from 1; 0: none so far
  std::size_t number = 0;
  for (std::string& line : lines_of(*text)) {
    ++number;
    line.erase(line.find_last_not_of(' ') + 1);
    if (line.empty()) {
      if (blank == 0) blank = number;
      continue;
    }
    if (blank > 0) {
      return {ErrorCode::invalid, fmt::format("{}:{}: is blank, expected a label", file, blank)};
    }
    if (const auto tab = line.rfind('\t'); tab != std::string::npos) {
      line = line.substr(tab + 1);
      line = line.substr(0, line.find(", "));
    }
    labels.push_back(std::move(line));
  }
  if (labels.empty()) {
    return {ErrorCode::invalid, file + ": is empty, expected one label a line"};
  }
  return labels;
}

}  // namespace paragon
