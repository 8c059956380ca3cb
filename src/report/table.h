// A table as text: columns aligned by what is seen on the screen, so "µs" and "91,4 %" line up.
//
//   class      queries   p50      p99
//   ───────    ───────   ──────   ──────
//   strict       1,204   3.1 ms   18 ms
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace paragon {

// Columns that UTF-8 text takes on a terminal: one a code point, none for a combining mark.
// (Text of double width, as in Chinese, is not known here: nothing we print has any.)
std::size_t display_width(std::string_view text);

enum class Align { left, right };

class TextTable {
 public:
  struct Column {
    std::string head;
    Align align = Align::right;
  };
  explicit TextTable(std::vector<Column> columns);  // at least one

  // As many cells as columns, or fewer: the rest stays empty. Line ends inside cells become spaces.
  TextTable& row(std::vector<std::string> cells);
  TextTable& rule();  // a line across, before a row of sums

  bool empty() const { return rows_.empty(); }
  // Every line ends with a line end and none with spaces. `indent` is put before each line.
  std::string text(std::string_view indent = "") const;
  // The same in at most so many columns: cells of the widest columns go on in a second line and
  // further ones, broken between words. What has no words to break between is as wide as it is.
  std::string text_within(std::size_t columns) const;

 private:
  std::vector<std::size_t> widths() const;
  std::string laid_out(const std::vector<std::size_t>& widths, std::string_view indent) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;  // an empty row stands for a rule
};

}  // namespace paragon
