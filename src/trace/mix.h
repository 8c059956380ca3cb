// A query mix: which kinds of queries come, how often, and what each needs.
//
// A YAML file with `paragon_mix: 1` and `classes`; the fields are in docs/catalog.md.
#pragma once

#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "catalog/constraints.h"

namespace paragon {

struct MixClass {
  std::string name;
  double weight = 1;  // relative to the others
  std::string task;
  Constraints constraints;
  int task_line = 0;  // of the file it was read from; 0: of none
};

class Mix {
 public:
  // Weights must be finite and not negative, with one above 0; there must be a class.
  static Result<Mix> build(std::vector<MixClass> classes);

  const std::vector<MixClass>& classes() const { return classes_; }
  // A class by its weight: an index into `classes`. The same stream gives the same classes.
  std::size_t draw(Random& random) const {
    const double point = random.uniform() * up_to_.back();
    // There are few: no search finds it sooner than a look at all, which branches on none.
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < up_to_.size(); ++i) at += up_to_[i] <= point ? 1 : 0;
    return at;
  }

 private:
  std::vector<MixClass> classes_;
  std::vector<double> up_to_;  // running sum of the weights
};

// Complaints name file, line and field, all together. Whether the tasks exist is for whoever knows
// the catalog to say, with their lines.
Result<Mix> load_mix(const std::string& file);

}  // namespace paragon
