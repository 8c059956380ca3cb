// What several members answered to the same labelled items, and what follows from it: how much a
// member's word on a class is worth, and how often a set of members is right together.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "ensemble/vote.h"

namespace paragon::ensemble {

// Right answers of so many.
struct Tally {
  std::size_t right = 0;
  std::size_t of = 0;
  Accuracy share() const {
    return accuracy(of == 0 ? 0 : static_cast<double>(right) / static_cast<double>(of));
  }
};

// A member is a position in the table's order of members, an item one in the order of items.
using Items = std::span<const std::uint32_t>;
using Members = std::span<const std::uint32_t>;

class AnswerTable {
 public:
  // The right class of each item, below `classes`.
  AnswerTable(std::size_t classes, std::vector<int> truth);

  // One list an item, best first; more than kKept of one are cut off. Every item must be answered:
  // those that some member cannot answer belong into no table.
  static constexpr std::size_t kKept = 5;
  void add_member(const std::vector<std::vector<Choice>>& answers);

  std::size_t classes() const { return classes_; }
  std::size_t members() const { return members_; }
  std::size_t items() const { return truth_.size(); }
  int truth(std::uint32_t item) const { return truth_[item]; }
  Ballot ballot(std::uint32_t member, std::uint32_t item) const {
    const Row& row = rows_[member * truth_.size() + item];
    return {choices_.data() + row.first, row.count};
  }

 private:
  struct Row {
    std::size_t first;
    std::size_t count;
  };
  std::size_t classes_;
  std::size_t members_ = 0;
  std::vector<int> truth_;
  std::vector<Row> rows_;  // member by member
  std::vector<Choice> choices_;
};

// Of each class: the share right of the member's votes for it on `items`, as if it had been right
// once and wrong once more, so that a class it hardly ever named counts about a half.
std::vector<double> class_weights(const AnswerTable& table, std::uint32_t member, Items items);

// How often the members are right together. Empty weights: by majority.
Tally judge(const AnswerTable& table, Members members, Weights weights, Items items);

// On which of the items only the first set is right, and on which only the second: what the
// difference between two sets asked the same items rests on.
struct Duel {
  std::size_t first_only = 0;
  std::size_t second_only = 0;
  std::size_t of = 0;
  double gain() const;    // accuracy of the first less that of the second
  double half95() const;  // half of the 95 % interval of the gain, by the normal law
  // How likely the first would win so many of those that only one got right, or more, if both were
  // equally good: the exact sign test (McNemar's), which small numbers do not fool.
  double chance() const;
};
Duel duel(const AnswerTable& table, Members first, Weights first_weights, Members second,
          Weights second_weights, Items items);

// Whether the item is kept back from choosing, for checking: about half of all, by a hash of its
// name and the seed, so that it does not depend on the order or on which others there are.
bool held_out(std::string_view item, std::uint64_t seed);

}  // namespace paragon::ensemble
