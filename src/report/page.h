// A report as one HTML file that needs nothing else: no network, no other file.
//
// Readable without a script (tooltips aside), in light and dark, on paper and on a phone.
#pragma once

#include <string>
#include <vector>

#include "report/svg.h"

namespace paragon {

// Numbers are best written as text by report/number.h; columns after the first `left` ones align
// right.
struct HtmlTable {
  std::vector<std::string> heads;
  std::vector<std::vector<std::string>> rows;  // short rows are filled with empty cells
  int left = 1;                                // columns of text at the left
  std::vector<std::size_t> marked{};           // rows that stand out
};

// What a section holds, in this order: words, tables, plots.
struct Section {
  std::string title;
  std::vector<std::string> paragraphs{};  // plain text
  std::vector<HtmlTable> tables{};
  std::vector<svg::Plot> plots{};
};

struct HtmlPage {
  std::string title;
  std::string subtitle{};  // what was run, in one line
  std::vector<Section> sections;
  std::string footer{};  // how it was made: the command, the version
};

std::string html(const HtmlPage& page);

}  // namespace paragon
