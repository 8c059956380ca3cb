#include "report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace paragon {
namespace {

constexpr std::string_view kGap = "   ";
constexpr std::string_view kLine = "─";
constexpr std::size_t kNarrowest = 12;  // that a column is made by breaking its cells

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

// In lines of at most `width`, but for words that are wider; spaces at the front stay and stand
// before the further lines too.
std::vector<std::string> broken(const std::string& text, std::size_t width) {
  if (display_width(text) <= width) return {text};
  const std::size_t front = std::min(text.find_first_not_of(' '), text.size());
  std::vector<std::string> lines = {text.substr(0, front)};
  for (std::size_t from = front; from < text.size();) {
    const std::size_t to = std::min(text.find(' ', from), text.size());
    const std::string word = text.substr(from, to - from);
    std::string& last = lines.back();
    const bool first = last.size() == front;
    if (!first && display_width(last) + 1 + display_width(word) > width) {
      lines.push_back(text.substr(0, front) + word);
    } else {
      last += (first ? "" : " ") + word;
    }
    from = std::min(text.find_first_not_of(' ', to), text.size());
  }
  return lines;
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

std::string TextTable::text(std::string_view indent) const { return laid_out(widths(), indent); }

std::string TextTable::text_within(std::size_t columns) const {
  std::vector<std::size_t> now = widths();
  std::size_t whole =
      kGap.size() * (now.size() - 1) + std::accumulate(now.begin(), now.end(), std::size_t{0});
  for (; whole > columns; --whole) {
    const auto widest = std::ranges::max_element(now);
    if (*widest <= kNarrowest) break;
    --*widest;
  }
  return laid_out(now, "");
}

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = display_width(columns_[c].head);
    for (const auto& row : rows_) {
      if (!row.empty()) width = std::max(width, display_width(row[c]));
    }
    widths.push_back(width);
  }
  return widths;
}

std::string TextTable::laid_out(const std::vector<std::size_t>& widths,
                                std::string_view indent) const {
  std::string out;
  const auto line = [&](auto&& cell) {
    std::string text;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (c > 0) text += kGap;
      const std::string content = cell(c);
      const std::size_t taken = std::min(widths[c], display_width(content));
      const std::string pad = repeated(" ", widths[c] - taken);
      text += columns_[c].align == Align::left ? content + pad : pad + content;
    }
    trim_right(text);
    out += indent;
    out += text;
    out += '\n';
  };
  const auto ruled = [&](std::size_t c) { return repeated(kLine, widths[c]); };
  const auto row_of = [&](auto&& cell) {
    std::vector<std::vector<std::string>> cells;
    std::size_t lines = 0;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      cells.push_back(broken(cell(c), widths[c]));
      lines = std::max(lines, cells.back().size());
    }
    for (std::size_t i = 0; i < lines; ++i)
      line([&](std::size_t c) { return i < cells[c].size() ? cells[c][i] : std::string(); });
  };

  row_of([&](std::size_t c) { return columns_[c].head; });
  line(ruled);
  for (const auto& row : rows_) {
    if (row.empty()) {
      line(ruled);
    } else {
      row_of([&](std::size_t c) { return row[c]; });
    }
  }
  return out;
}

}  // namespace paragon
