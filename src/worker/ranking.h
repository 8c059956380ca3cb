// From a network's scores to the task's classes, best first.
//
// Softmax where the network gives logits; outputs that stand for no class of the task (-1) are
// dropped after it, so the scores of the rest stay what the network meant. Where several outputs
// stand for one class, its best counts. Equal scores rank in the task's order.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "catalog/variant.h"

namespace paragon {

struct Ranked {
  int label = 0;  // index into Task::labels
  float score = 0;
  friend bool operator==(const Ranked&, const Ranked&) = default;
};

class Ranking {
 public:
  // `classes` = number of the task's labels, at least 1.
  Ranking(const OutputMapping& mapping, std::size_t classes);

  std::size_t classes() const { return classes_; }
  // How many outputs a network must have for this mapping.
  std::size_t outputs() const;

  // Appends the best min(k, classes) to `into`. `scores` has outputs() numbers; NaN ranks last.
  // `scratch` is memory that is used again.
  void rank(std::span<const float> scores, std::size_t k, std::vector<Ranked>& into,
            std::vector<Ranked>& scratch) const;

 private:
  OutputMapping mapping_;
  std::size_t classes_;
};

}  // namespace paragon
