// A file's content as a plain tree of maps, lists and texts, each with its line.
//
// YAML and CSV both end up here, so that one reader (entry.h) serves them, and so that the YAML
// library stays inside node.cpp.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace paragon {

struct Node {
  enum class Kind { empty, text, list, map };
  Kind kind = Kind::empty;
  int line = 0;  // from 1
  std::string text;
  std::vector<Node> items;
  struct Field;
  std::vector<Field> fields;  // in the file's order, names unique

  const Node* find(const std::string& name) const;
  bool is(Kind k) const { return kind == k; }
};
struct Node::Field {
  std::string name;
  Node value;
};

// For complaints: "a map", "a list", "'abc'", "nothing".
std::string describe(const Node& node);

// The whole file as text. Errors: cannot be read, larger than 16 MB, not text (holds NUL bytes).
Result<std::string> read_text(const std::string& file);

// Its lines, without their ends (LF or CR LF).
std::vector<std::string> lines_of(std::string_view text);

// One YAML document whose top is a map. Errors name file and line: syntax, a key twice, nesting
// deeper than 20, more than 200,000 nodes (aliases count each time they are used).
Result<Node> read_yaml(const std::string& file);

// A CSV file with a header line, as a list of maps; empty cells are left out. Cells may be quoted;
// a quote inside is doubled. Errors: no header, a column twice, a row with too many or too few
// cells, a quote that does not end.
Result<Node> read_csv(const std::string& file);

}  // namespace paragon
