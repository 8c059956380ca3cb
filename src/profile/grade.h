// How many answers are right, and what each was: the labelled set through a variant.
//
// The answers are kept as a file a variant, a line an item, so that the answers of several variants
// can be combined later (ensembles) and a run that goes on need not ask again.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "profile/subject.h"

namespace paragon::profile {

inline constexpr std::size_t kAnswersKept = 5;

struct Answer {
  std::vector<Ranked> best;  // at most kAnswersKept, best first
  std::string trouble{};     // why there are none
};

struct Grades {
  std::size_t answered = 0;
  std::size_t top1 = 0;  // right
  std::size_t top5 = 0;  // among the best five
};
Grades grades_of(const LabelledSet& set, const std::vector<Answer>& answers);

// One answer an item. `callers` threads; `done` is called now and then with how many items are.
// Error: `stop` was set, or a network that answered on loading refuses.
Result<std::vector<Answer>> ask_all(Subject& subject, const LabelledSet& set, int callers,
                                    const std::atomic<bool>& stop,
                                    const std::function<void(std::size_t)>& done);

// item,label,top1,score1,...,top5,score5,trouble
std::string answers_csv(const LabelledSet& set, const std::vector<std::string>& labels,
                        const std::vector<Answer>& answers);
// Of a file that answers_csv wrote for this very set. Errors: it cannot be read, or was not.
Result<std::vector<Answer>> read_answers(const std::string& file, const LabelledSet& set,
                                         const std::vector<std::string>& labels);

}  // namespace paragon::profile
