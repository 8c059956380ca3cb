#include "report/table.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace paragon {
namespace {

constexpr std::string_view kGap = "   ";
constexpr std::string_view kLine = "─";

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  text.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

void trim_right(std::string& text) {
  const std::size_t last = text.find_last_not_of(' ');
  text.resize(last == std::string::npos ? 0 : last + 1);
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) == 0x80) continue;  // the rest of a code point
    // Combining diacritical marks, U+0300 to U+036F, are 0xCC80 to 0xCDAF in UTF-8.
    if (byte == 0xCC ||
        (byte == 0xCD && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xB0)) {
      continue;
    }
    ++width;
  }
  return width;
}

TextTable::TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {
  PARAGON_CHECK(!columns_.empty(), "a table without columns");
}

TextTable& TextTable::row(std::vector<std::string> cells) {
  PARAGON_CHECK(cells.size() <= columns_.size(),
                fmt::format("{} cells in a table of {} columns", cells.size(), columns_.size()));
  cells.resize(columns_.size());
  for (std::string& cell : cells) {
    std::replace_if(
        cell.begin(), cell.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  }
  rows_.push_back(std::move(cells));
  return *this;
}

TextTable& TextTable::rule() {
  rows_.emplace_back();
  return *this;
}

std::string TextTable::text(std::string_view indent) const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = display_width(columns_[c].head);
    for (const auto& row : rows_) {
      if (!row.empty()) width = std::max(width, display_width(row[c]));
    }
    widths.push_back(width);
  }

  std::string out;
  const auto line = [&](auto&& cell) {
    std::string text;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (c > 0) text += kGap;
      const std::string content = cell(c);
      const std::string pad = repeated(" ", widths[c] - display_width(content));
      text += columns_[c].align == Align::left ? content + pad : pad + content;
    }
    trim_right(text);
    out += indent;
    out += text;
    out += '\n';
  };
  const auto ruled = [&](std::size_t c) { return repeated(kLine, widths[c]); };

  line([&](std::size_t c) { return columns_[c].head; });
  line(ruled);
  for (const auto& row : rows_) {
    if (row.empty()) {
      line(ruled);
    } else {
      line([&](std::size_t c) { return row[c]; });
    }
  }
  return out;
}

}  // namespace paragon
