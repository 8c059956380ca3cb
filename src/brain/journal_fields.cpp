#include "brain/journal_fields.h"

namespace paragon {

Fields::Fields(std::string_view line) {
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    if (word.empty()) continue;
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) {
      words_.push_back(word);
    } else {
      fields_.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    }
  }
}

std::optional<std::string_view> Fields::text(std::string_view key) const {
  for (const auto& [name, value] : fields_) {
    if (name == key) return value;
  }
  return std::nullopt;
}

}  // namespace paragon
