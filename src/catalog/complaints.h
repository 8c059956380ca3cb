// Complaints: everything that is wrong with a file, collected so that one run reports all of it.
//
// One a line: `file:line: field: got X, expected Y`.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/result.h"

namespace paragon {

class Complaints {
 public:
  // line 0: about the file as a whole. A field that was complained about at the same place is not
  // complained about again: the second complaint would only follow from the first.
  void add(const std::string& file, int line, const std::string& field, const std::string& got,
           const std::string& expected);
  // Nor is the same message repeated.
  void add(const std::string& file, int line, const std::string& message);

  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  Error error() const;  // code invalid; files in the order met, lines ascending; at most 100 lines

 private:
  struct Item {
    std::string file;
    int line;
    std::string text;
  };
  bool is_new(const std::string& file, int line, const std::string& about);

  std::vector<Item> items_;
  std::set<std::tuple<std::string, int, std::string>> told_;  // field or message, by file and line
};

// In single quotes, cut when long; what is not printable UTF-8 as \x and two digits.
std::string in_quotes(const std::string& text);

// A number as a person would write it: 0.25, 1000000, 1e+12.
std::string plain(double value);

}  // namespace paragon
