// An entry of a file: a map whose fields are taken out one by one, with their types checked.
//
// What a field may be is said where it is taken; what is wrong goes to the complaints, and the
// caller gets nothing (or goes on with its default). Fields that nobody asked for are complaints
// too, with the nearest name that was asked for: call `no_more` last.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "catalog/complaints.h"
#include "catalog/node.h"

namespace paragon {

// A map that is asked where entries say nothing themselves, for all entries of a table.
struct Defaults {
  const Node& fields;
  std::string file;
  std::string name;  // "variants_defaults"
};

// Where a field stands, for complaints about it.
struct Spot {
  std::string file;
  int line = 0;
  std::string field;  // with its entry's name before it: "variants[2].memory_mb"
};

class Entry {
 public:
  // `name` prefixes the fields in complaints: "variants[2]". All but the file and the name must
  // outlive the entry.
  Entry(const Node& node, std::string file, std::string name, Complaints& complaints);
  Entry(const Node& node, std::string file, std::string name, Complaints& complaints,
        const std::optional<Defaults>& defaults);

  const std::string& file() const { return file_; }
  int line() const { return node_.line; }
  bool has(const std::string& field) const { return look(field) != nullptr; }
  bool is_map(const std::string& field) const;
  // Of the field itself or, where only the defaults have it, of theirs; where neither has it, the
  // line is the entry's.
  Spot spot(const std::string& field) const;
  std::vector<std::string> fields() const;  // that it or its defaults have, each once

  // Absent or wrong: nothing. Wrong is a complaint, absent is not.
  std::optional<std::string> text(const std::string& field);  // not empty
  std::optional<double> number(const std::string& field, double least, double most);
  std::optional<std::int64_t> integer(const std::string& field, std::int64_t least,
                                      std::int64_t most);
  std::optional<bool> flag(const std::string& field);  // true, false
  // A list, or one text with commas.
  std::optional<std::vector<std::string>> texts(const std::string& field);
  std::optional<std::vector<double>> numbers(const std::string& field);
  // A length of time given in `unit`s, 0 to about 3 years.
  std::optional<Duration> duration(const std::string& field, Duration unit);
  std::optional<Defaults> defaults(const std::string& field);  // a map, for other entries
  // A list (kind list), a map or a text, as it is.
  const Node* node(const std::string& field, Node::Kind kind);

  template <class Value>
  struct Choice {
    const char* word;
    Value value;
  };
  // One of a few words; letters may be of either case.
  template <class Value, std::size_t n>
  std::optional<Value> choice(const std::string& field, const Choice<Value> (&choices)[n]) {
    const std::optional<std::string> word = text(field);
    if (!word) return std::nullopt;
    std::string expected;
    for (const auto& c : choices) {
      if (same_word(*word, c.word)) return c.value;
      expected += (expected.empty()        ? ""
                   : &c == &choices[n - 1] ? " or "
                                           : ", ") +
                  std::string(c.word);
    }
    complain(field, in_quotes(*word), expected);
    return std::nullopt;
  }

  // Complains that the field is missing, unless it is there.
  void require(const std::string& field, const std::string& expected);
  void complain(const std::string& field, const std::string& got, const std::string& expected);
  void no_more();  // complains about the fields that were never asked for, also of the defaults

 private:
  const Node* look(const std::string& field) const;
  const Node* take(const std::string& field, Node::Kind kind, const char* expected);
  std::optional<double> parse_number(const std::string& field, const std::string& text);
  void complain_of_unknown(const Node& fields, const std::string& file, const std::string& prefix);
  static bool same_word(const std::string& a, const char* b);

  const Node& node_;
  std::string file_;
  std::string name_;
  Complaints& complaints_;
  const Defaults* defaults_ = nullptr;  // none
  std::set<std::string> asked_;
};

// The candidate that differs from `word` in the fewest letters, if that is few enough to be a slip.
std::optional<std::string> nearest(const std::string& word,
                                   const std::set<std::string>& candidates);

}  // namespace paragon
