// Reads CSV for node.h: RFC 4180 with either line end.
#include <fmt/format.h>

#include <optional>

#include "catalog/complaints.h"
#include "catalog/node.h"

namespace paragon {
namespace {

class CsvText {
 public:
  explicit CsvText(const std::string& text) : text_(text) {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;  // byte order mark
  }

  bool done() const { return at_ >= text_.size(); }
  int line() const { return line_; }

  // The cells of the next row; nothing when a quote does not end or is followed by more text.
  std::optional<std::vector<std::string>> row() {
    std::vector<std::string> cells;
    while (true) {
      std::string cell;
      if (at_ < text_.size() && text_[at_] == '"') {
        if (!quoted_cell(cell)) return std::nullopt;
      } else {
        while (at_ < text_.size() && !ends_cell(text_[at_])) cell += text_[at_++];
      }
      cells.push_back(std::move(cell));
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      if (at_ < text_.size() && !ends_cell(text_[at_])) return std::nullopt;
      if (at_ < text_.size() && text_[at_] == '\r') ++at_;
      if (at_ < text_.size() && text_[at_] == '\n') ++at_;
      ++line_;
      return cells;
    }
  }

 private:
  static bool ends_cell(char c) { return c == ',' || c == '\n' || c == '\r'; }

  bool quoted_cell(std::string& cell) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') return ++at_, true;
        ++at_;
      }
      if (text_[at_] == '\n') ++line_;
      cell += text_[at_];
    }
    return false;
  }

  const std::string& text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

Result<Node> read_csv(const std::string& file) {
  Result<std::string> text = read_text(file);
  if (!text) return text.error();
  const auto trouble = [&](int line, const std::string& what) {
    return Error{ErrorCode::invalid, fmt::format("{}:{}: {}", file, line, what)};
  };

  CsvText csv(*text);
  const auto header = csv.row();
  if (!header || (header->size() == 1 && header->front().empty()))
    return trouble(1, "no header line, expected the names of the columns");
  for (std::size_t i = 0; i < header->size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if ((*header)[i] == (*header)[k])
        return trouble(1, "column " + in_quotes((*header)[i]) + ": given twice");

  Node table;
  table.kind = Node::Kind::list;
  table.line = 1;
  while (!csv.done()) {
    Node row;
    row.kind = Node::Kind::map;
    row.line = csv.line();
    const auto cells = csv.row();
    if (!cells) return trouble(row.line, "a quoted cell does not end, or text follows its end");
    if (cells->size() == 1 && cells->front().empty()) continue;  // an empty line
    if (cells->size() != header->size())
      return trouble(row.line, fmt::format("got {} cells, expected {} as in the header",
                                           cells->size(), header->size()));
    for (std::size_t i = 0; i < cells->size(); ++i) {
      if ((*cells)[i].empty()) continue;
      Node cell;
      cell.kind = Node::Kind::text;
      cell.line = row.line;
      cell.text = (*cells)[i];
      row.fields.push_back({(*header)[i], std::move(cell)});
    }
    table.items.push_back(std::move(row));
  }
  return table;
}

}  // namespace paragon
