#include "catalog/complaints.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace paragon {

void Complaints::add(const std::string& file, int line, const std::string& field,
                     const std::string& got, const std::string& expected) {
  const bool known = std::ranges::any_of(items_, [&](const Item& item) {
    return item.line == line && item.field == field && item.file == file;
  });
  if (known && !field.empty()) return;
  items_.push_back(
      {file, line, field, fmt::format("{}: got {}, expected {}", field, got, expected)});
}

void Complaints::add(const std::string& file, int line, const std::string& message) {
  items_.push_back({file, line, "", message});
}

Error Complaints::error() const {
  std::map<std::string, std::size_t> order;
  for (const Item& item : items_) order.try_emplace(item.file, order.size());
  std::vector<const Item*> sorted;
  for (const Item& item : items_) sorted.push_back(&item);
  std::ranges::stable_sort(
      sorted, {}, [&](const Item* item) { return std::pair(order.at(item->file), item->line); });

  constexpr std::size_t kMost = 100;
  std::string text;
  for (std::size_t i = 0; i < std::min(sorted.size(), kMost); ++i) {
    const Item& item = *sorted[i];
    if (i > 0) text += '\n';
    text += item.line > 0 ? fmt::format("{}:{}: {}", item.file, item.line, item.text)
                          : fmt::format("{}: {}", item.file, item.text);
  }
  if (sorted.size() > kMost) text += fmt::format("\n... and {} more", sorted.size() - kMost);
  return {ErrorCode::invalid, text};
}

std::string in_quotes(const std::string& text) {
  std::string out = "'";
  for (const char c : text.substr(0, 60)) {
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  }
  return out + (text.size() > 60 ? "...'" : "'");
}

std::string plain(double value) { return fmt::format("{}", value); }

}  // namespace paragon
