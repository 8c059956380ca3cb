#include "catalog/complaints.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "base/utf8.h"

namespace paragon {
namespace {

// Bytes of the character that `text` begins with; 0 when it is a control character or no UTF-8.
std::size_t printable(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const bool control = first < 0x20 || first == 0x7f;
  const std::size_t size = utf8_length(text);
  const bool c1_control = size == 2 && first == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
  return control || c1_control ? 0 : size;
}

}  // namespace

bool Complaints::is_new(const std::string& file, int line, const std::string& about) {
  return told_.emplace(file, line, about).second;
}

void Complaints::add(const std::string& file, int line, const std::string& field,
                     const std::string& got, const std::string& expected) {
  if (!field.empty() && !is_new(file, line, field)) return;
  items_.push_back({file, line, fmt::format("{}: got {}, expected {}", field, got, expected)});
}

void Complaints::add(const std::string& file, int line, const std::string& message) {
  if (is_new(file, line, message)) items_.push_back({file, line, message});
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
  constexpr std::size_t kLongest = 60;
  std::string out = "'";
  std::size_t at = 0;
  while (at < text.size() && at < kLongest) {
    const std::size_t size = printable(std::string_view(text).substr(at));
    if (size > 0) {
      out += text.substr(at, size);
    } else {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
    }
    at += std::max<std::size_t>(size, 1);
  }
  return out + (at < text.size() ? "...'" : "'");
}

std::string plain(double value) { return fmt::format("{}", value); }

}  // namespace paragon
